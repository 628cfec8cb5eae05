import { mount } from "svelte";
import App from "./App.svelte";
import { open } from "./desk.ts";
import { openLanguage } from "./language/language.ts";
import { followLinks } from "./router.ts";
import "./tokens.css";
import "./base.css";

await openLanguage();
followLinks();
open();

const target = document.getElementById("app");
if (target) mount(App, { target });
