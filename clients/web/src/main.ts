import { mount } from "svelte";
import App from "./App.svelte";
import { followLinks } from "./router.ts";
import "./tokens.css";
import "./base.css";

followLinks();

const target = document.getElementById("app");
if (target) mount(App, { target });
