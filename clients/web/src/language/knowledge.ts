// The texts about articles and those who write them: fetched with the pages that show them.

import { language } from "./language.ts";
import { knowledge as english } from "./knowledge.en.ts";
import { knowledge as spanish } from "./knowledge.es.ts";

/** As `m` is, by area; whoever shows a text shows it anew after a change of the language. */
export const k: typeof english = new Proxy(english, {
  get: (_, area) => (language() === "es" ? spanish : english)[area as keyof typeof english],
});
