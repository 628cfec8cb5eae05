// What becomes of each article of an import, as the server says it.

import type { Id } from "../live/wire.ts";

export interface Line {
  source: string;
  outcome: "new" | "changed" | "same" | "bad";
  title: string;
  article_id: Id | null;
  no_category: string | null;
  wrong:
    | "unsafe_path"
    | "unreadable"
    | "too_large"
    | "not_utf8"
    | "front_matter"
    | "no_text"
    | "no_columns"
    | "invalid"
    | "refused"
    | null;
  detail: string;
}

/** How many of them are new or changed. */
export function importable(lines: readonly Line[]): number {
  return lines.filter(({ outcome }) => outcome === "new" || outcome === "changed").length;
}
