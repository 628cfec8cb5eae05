// The little of Markdown that people write in a chat, as a tree; anything else is text.

export type Inline =
  | string
  | { type: "strong" | "em" | "code" | "del"; of: readonly Inline[] }
  | { type: "link"; href: string; of: readonly Inline[] };

export type Block =
  | { type: "p" | "quote" | "title"; lines: readonly (readonly Inline[])[] }
  | { type: "code"; text: string }
  | { type: "ul" | "ol"; start: number; lines: readonly (readonly Inline[])[] };

const FENCE = /^\s{0,3}```/;
const ITEM = /^\s{0,3}(?:([-*+])|(\d{1,9})[.)])\s+(.*)$/;
const QUOTE = /^\s{0,3}>\s?(.*)$/;
const TITLE = /^\s{0,3}#{1,6}\s+(.*?)\s*#*$/;

// Every part ends at the line's end or at a length: no text takes long to read.
const INLINE = new RegExp(
  [
    "\\\\([\\\\`*_~\\[\\]()#>+.!-])",
    "`([^`\\n]+)`",
    "\\*\\*([^*\\n]+)\\*\\*",
    "~~([^~\\n]+)~~",
    "\\*([^*\\s][^*\\n]*)\\*",
    "(?<![\\w])_([^_\\s][^_\\n]*)_(?![\\w])",
    "!?\\[([^\\[\\]\\n]{1,300})\\]\\(([^()\\s]{1,2000})\\)",
    "(https?://[^\\s<>\"']{1,2000})",
  ].join("|"),
  "gu",
);

export function parse(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? "";
    const start = at;
    if (line.trim() === "") at += 1;
    else if (FENCE.test(line)) {
      const code: string[] = [];
      for (at += 1; at < lines.length && !FENCE.test(lines[at] ?? ""); at += 1) {
        code.push(lines[at] ?? "");
      }
      blocks.push({ type: "code", text: code.join("\n") });
      at += 1;
    } else if (TITLE.test(line)) {
      blocks.push({ type: "title", lines: [parseInline(TITLE.exec(line)?.[1] ?? "")] });
      at += 1;
    } else if (ITEM.test(line)) {
      const [, bullet, number] = ITEM.exec(line) ?? [];
      const found: string[] = [];
      for (
        let item = ITEM.exec(line);
        item && !item[1] === !bullet;
        item = ITEM.exec(lines[at] ?? "")
      ) {
        found.push(item[3] ?? "");
        at += 1;
      }
      const type = bullet ? "ul" : "ol";
      blocks.push({ type, start: Number(number ?? 1), lines: found.map(parseInline) });
    } else {
      const quoted = QUOTE.test(line);
      const inside = (each: string) =>
        quoted
          ? QUOTE.test(each)
          : each.trim() !== "" && ![FENCE, TITLE, ITEM, QUOTE].some((kind) => kind.test(each));
      while (at < lines.length && inside(lines[at] ?? "")) at += 1;
      const found = lines.slice(start, at).map((each) => QUOTE.exec(each)?.[1] ?? each);
      blocks.push({ type: quoted ? "quote" : "p", lines: found.map(parseInline) });
    }
  }
  return blocks;
}

/** A message without its marks, as one says it. */
export function spoken(text: string): string {
  const say = (parts: readonly Inline[]): string =>
    parts.map((part) => (typeof part === "string" ? part : say(part.of))).join("");
  return parse(text)
    .map((block) => (block.type === "code" ? block.text : block.lines.map(say).join(" ")))
    .join(" ");
}

export function parseInline(text: string): Inline[] {
  const parts: Inline[] = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, escaped, code, strong, del, em, other, label, target, url] = match;
    if (match.index > from) parts.push(text.slice(from, match.index));
    from = match.index + whole.length;
    if (escaped !== undefined) parts.push(escaped);
    else if (code !== undefined) parts.push({ type: "code", of: [code] });
    else if (strong !== undefined) parts.push({ type: "strong", of: parseInline(strong) });
    else if (del !== undefined) parts.push({ type: "del", of: parseInline(del) });
    else if (em !== undefined) parts.push({ type: "em", of: parseInline(em) });
    else if (other !== undefined) parts.push({ type: "em", of: parseInline(other) });
    else if (label !== undefined) {
      const href = safe(target ?? "");
      parts.push(href ? { type: "link", href, of: [label] } : whole);
    } else if (url !== undefined) {
      const shown = url.replace(/[.,:;!?)\]*_~]+$/, "");
      const href = safe(shown);
      parts.push(href ? { type: "link", href, of: [shown] } : shown, url.slice(shown.length));
    }
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts.filter((part) => part !== "");
}

/** An address that may be opened; null for any other, such as one that runs a script. */
function safe(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { protocol, href } = new URL(address);
  return /^(https?|mailto|tel):$/.test(protocol) ? href : null;
}
