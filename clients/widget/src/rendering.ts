// Markdown as elements: what somebody wrote can never become more than text and links.

import { h } from "./dom.ts";
import { parse, type Block, type Inline } from "./markdown.ts";

/** A message's text; each paragraph runs in its own direction. */
export function rendered(text: string): HTMLElement {
  return h("div", { class: "text" }, ...parse(text).map(block));
}

function block(made: Block): HTMLElement {
  switch (made.type) {
    case "code":
      // Who uses the keyboard must be able to scroll it.
      return h("pre", { tabindex: 0, dir: "ltr" }, h("code", {}, made.text));
    case "ul":
    case "ol": {
      const start = made.type === "ol" && made.start !== 1 ? made.start : null;
      const items = made.lines.map((line) => h("li", { dir: "auto" }, ...line.map(inline)));
      return h(made.type, { start }, ...items);
    }
    default: {
      const parts = made.lines.flatMap((line, at) => [
        ...(at > 0 ? [h("br")] : []),
        ...line.map(inline),
      ]);
      if (made.type === "quote") return h("blockquote", { dir: "auto" }, ...parts);
      const shown = made.type === "title" ? [h("strong", {}, ...parts)] : parts;
      return h("p", { dir: "auto" }, ...shown);
    }
  }
}

function inline(part: Inline): Node | string {
  if (typeof part === "string") return part;
  const children = part.of.map(inline);
  if (part.type !== "link") return h(part.type, {}, ...children);
  const { href } = part;
  const apart = { target: "_blank", rel: "noopener noreferrer nofollow" };
  return h("a", { href, title: href, ...apart }, ...children);
}
