// What people asked and nobody could answer.

import type { Id } from "../live/wire.ts";

export interface Unanswered {
  ids: readonly string[];
  text: string;
  language: string;
  count: number;
  searches: number;
  last_at: number;
  tickets: readonly { id: Id; number: number; title: string }[];
}

/** The editor's address, with what an article begins with that answers a question. */
export function answering({ ids, text, language }: Unanswered): string {
  const first = ids.slice(-20); // An address has its length; what is alike goes with them.
  const asked = new URLSearchParams({ title: text.slice(0, 200), language });
  for (const id of first) asked.append("asked", id);
  return `/help/edit/new?${asked}`;
}
