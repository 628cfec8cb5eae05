// The texts of the pages of people at work: fetched with them, so that nobody else waits for them.

import { crew as english } from "./crew.en.ts";
import { crew as spanish } from "./crew.es.ts";
import { language } from "./language.ts";

/** As `m` is, by area; whoever shows a text shows it anew after a change of the language. */
export const w: typeof english = new Proxy(english, {
  get: (_, area) => (language() === "es" ? spanish : english)[area as keyof typeof english],
});
