// A client's own tickets: which of them, how many, and what is new in one.

import { isSelf, type Self } from "../live/me.ts";
import type { Reading } from "../live/marks.ts";
import type { Row, Status } from "../live/wire.ts";

export type Which = "all" | "open" | "waiting" | "solved";

export const WHICH: readonly Which[] = ["all", "open", "waiting", "solved"];

/** So many tickets the feed keeps at most; older ones have to be asked for. */
export const FEED_ROWS = 200;

const STATUSES: Readonly<Record<Exclude<Which, "all">, readonly Status[]>> = {
  open: ["open", "in_progress"],
  waiting: ["pending"],
  solved: ["resolved", "closed"],
};

export function isOf(row: Row, which: Which): boolean {
  return which === "all" || STATUSES[which].includes(row.status);
}

/** Whether a ticket's title or number has the words, without accents and capitals. */
export function matches(row: Row, words: string): boolean {
  const wanted = plain(words.trim());
  return wanted === "" || plain(`#${row.number} ${row.title}`).includes(wanted);
}

/** Whether somebody else wrote what this person has not seen on this machine. */
export function isUnread(row: Row, me: Self, reading: Reading): boolean {
  if (!row.said || isSelf(row.said.author, me)) return false;
  const upTo = reading.upTo[row.id];
  return upTo === undefined ? row.at > reading.since : row.said.seq > upTo;
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
