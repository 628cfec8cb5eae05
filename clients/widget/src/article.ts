// An article in the panel: its title, and what it says once it is opened.

import type { Id } from "../../web/src/live/wire.ts";
import { h } from "./dom.ts";
import { pictures } from "./icons.ts";
import { rendered } from "./rendering.ts";
import type { Stage } from "./view.ts";

/** `summary` is shown until the whole of it is there. */
export function article({ visit }: Stage, id: Id, title: string, summary: string): HTMLElement {
  // Who uses the keyboard must be able to scroll it.
  const region = { class: "text", role: "region", "aria-label": title, tabindex: 0 };
  const body = h("div", region, h("p", { dir: "auto" }, summary));
  const load = async () => {
    try {
      const article = await visit.read<{ body: string }>(`/api/articles/${id}`);
      body.replaceChildren(...rendered(article.body).childNodes);
    } catch {
      // The summary stays.
    }
  };
  const element = h(
    "details",
    { ontoggle: () => void (element.open && load()) },
    h("summary", { dir: "auto" }, pictures.book(), h("span", {}, title)),
    body,
  );
  return element;
}
