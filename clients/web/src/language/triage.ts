// The texts about guesses: fetched with the panel that shows them.

import { language } from "./language.ts";
import { triage as english } from "./triage.en.ts";
import { triage as spanish } from "./triage.es.ts";

/** As `m` is, by area; whoever shows a text shows it anew after a change of the language. */
export const g: typeof english = new Proxy(english, {
  get: (_, area) => (language() === "es" ? spanish : english)[area as keyof typeof english],
});
