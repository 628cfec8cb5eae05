// The texts about what is promised: fetched with the pages that show them.

import { language } from "./language.ts";
import { promised as english } from "./promises.en.ts";
import { promised as spanish } from "./promises.es.ts";

/** As `m` is, by area; whoever shows a text shows it anew after a change of the language. */
export const p: typeof english = new Proxy(english, {
  get: (_, area) => (language() === "es" ? spanish : english)[area as keyof typeof english],
});
