// Light, dark, or as the system has it; `public/theme.js` reads the choice before the first frame.

import { Value } from "./live/value.ts";

export const THEMES = ["light", "dark", "system"] as const;

export type Theme = (typeof THEMES)[number];

const KEY = "deskwire.theme";

export const theme = new Value<Theme>(
  (document.documentElement.dataset["theme"] as Theme | undefined) ?? "system",
);

/** Changes the colours, and keeps that choice. */
export function chooseTheme(next: Theme): void {
  show(next);
  if (next === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, next);
}

function show(next: Theme): void {
  if (next === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = next;
  theme.set(next);
}

// Chosen in another tab, or in a frame beside this one.
window.addEventListener("storage", ({ key, newValue }) => {
  if (key === KEY) show(newValue === "light" || newValue === "dark" ? newValue : "system");
});
