// The texts about push: fetched with the page that shows them.

import { language } from "./language.ts";
import { push as english } from "./push.en.ts";
import { push as spanish } from "./push.es.ts";

/** As `m` is, by area. */
export const pushed: typeof english = new Proxy(english, {
  get: (_, area) => (language() === "es" ? spanish : english)[area as keyof typeof english],
});
