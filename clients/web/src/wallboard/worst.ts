// The tickets whose promised times press most: among the rows of all teams, which are those that
// changed last, and those that stood badly when one came, however long nothing happened to them.

import { rowOf } from "../live/inbox.ts";
import { isActive } from "../live/lifecycle.ts";
import { pressing, shown, type Shown } from "../live/sla.ts";
import type { FeedView } from "../live/views.ts";
import type { Id, Millis, Row, SlaClock, Ticket } from "../live/wire.ts";

type Rows = Pick<FeedView, "rows">;

export interface Pressing extends Shown {
  row: Row;
  clock: SlaClock;
}

/** Those that are late or soon will be, the longest late first. */
export function worstOf(feeds: Iterable<Rows>, now: Millis, most: number): Pressing[] {
  const found = new Map<Id, { seq: number; pressing: Pressing | null }>();
  for (const { rows } of feeds) {
    for (const [id, { seq, value }] of rows) {
      if (seq >= (found.get(id)?.seq ?? -1)) found.set(id, { seq, pressing: of(value, now) });
    }
  }
  return [...found.values()]
    .flatMap((each) => each.pressing ?? [])
    .filter(({ standing }) => standing === "late" || standing === "soon")
    .sort((one, other) => (one.clock.due_at ?? 0) - (other.clock.due_at ?? 0))
    .slice(0, most);
}

/** Tickets as a room would show them. */
export function rowsOf(tickets: readonly Ticket[]): Rows {
  return {
    rows: new Map(tickets.map((each) => [each.id, { seq: each.seq, value: rowOf(each) }])),
  };
}

/** Whether anything is promised to anybody here. */
export function isPromised(feeds: Iterable<FeedView>): boolean {
  for (const { rows } of feeds) {
    for (const { value } of rows.values()) if (value?.sla && value.sla.length > 0) return true;
  }
  return false;
}

function of(row: Row | null, now: Millis): Pressing | null {
  const clock = row && isActive(row.status) ? pressing(row.sla ?? []) : null;
  return row && clock ? { row, clock, ...shown(clock, now) } : null;
}
