import { mount } from "svelte";
import App from "./App.svelte";
import { open } from "./desk.ts";
import { followLinks } from "./router.ts";
import "./tokens.css";
import "./base.css";

followLinks();
open();

const target = document.getElementById("app");
if (target) mount(App, { target });
