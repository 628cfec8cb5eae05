// Markdown into HTML that can do nothing: tags of the writer are shown as text, links open apart.

import DOMPurify from "dompurify";
import { Marked, type MarkedExtension, type Token, type Tokens } from "marked";
import { mentioning, type Mentioned } from "./mentioning.ts";

const escaped: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escaped[character] ?? character);
}

const HARMLESS: MarkedExtension = {
  gfm: true,
  breaks: true,
  renderer: {
    html: ({ text }) => escape(text),
    // A picture from elsewhere would tell its server who reads this, and when.
    image: ({ href, text }) => `<a href="${escape(href)}">${escape(text || href)}</a>`,
  },
};

const marked = new Marked(HARMLESS);

const ALLOWED = {
  ALLOWED_TAGS: [
    ...["a", "p", "br", "strong", "em", "del", "mark", "code", "pre", "blockquote"],
    ...["ul", "ol", "li"],
    ...["h1", "h2", "h3", "h4", "h5", "h6", "hr", "table", "thead", "tbody", "tr", "th", "td"],
  ],
  ALLOWED_ATTR: ["href", "title", "align"],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto|tel):/i,
};

DOMPurify.addHook("afterSanitizeAttributes", (node) => {
  if (node.tagName === "PRE") node.setAttribute("tabindex", "0"); // It is scrolled by keys.
  if (node.tagName !== "A") return;
  node.setAttribute("target", "_blank");
  node.setAttribute("rel", "noopener noreferrer nofollow");
});

/** Those who are mentioned are marked where the text names them. */
export function toHtml(markdown: string, mentioned: readonly Mentioned[] = []): string {
  const reader = mentioned.length === 0 ? marked : new Marked(HARMLESS, mentioning(mentioned));
  return DOMPurify.sanitize(reader.parse(markdown, { async: false }), ALLOWED);
}

/** The same for a page that has its own title: its headings begin at the second level. */
export function toPageHtml(markdown: string): string {
  const tokens = marked.lexer(markdown);
  const depths = [...new Set(tokens.flatMap((token) => depthOf(token) ?? []))].sort();
  for (const token of tokens) {
    const depth = depthOf(token);
    if (depth !== null) (token as Tokens.Heading).depth = 2 + depths.indexOf(depth);
  }
  return DOMPurify.sanitize(marked.parser(tokens), ALLOWED);
}

function depthOf(token: Token): number | null {
  return token.type === "heading" ? (token as Tokens.Heading).depth : null;
}
