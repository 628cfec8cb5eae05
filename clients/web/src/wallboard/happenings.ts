// What just happened: told by how the rows of a team's room changed, before that by the tickets.

import { isActive } from "../live/lifecycle.ts";
import { rowOf } from "../live/inbox.ts";
import type { FeedView } from "../live/views.ts";
import type { Id, Millis, Row, Ticket } from "../live/wire.ts";

export type What = "opened" | "assigned" | "resolved" | "urgent";

export interface Happening {
  key: string;
  what: What;
  at: Millis;
  row: Row;
}

/** A page of `/api/tickets`, those that changed last first. */
export interface TicketPage {
  items: readonly Ticket[];
  next: string | null;
}

const MOST = 12;
const JUST = 5_000; // Assigned at once or answered at once, it still was just opened.

/** What turned the rows `before` into those `after`; nothing where one has only just come in. */
export function happeningsIn(
  before: FeedView | undefined,
  after: FeedView,
  known: (id: Id) => Row | undefined,
): Happening[] {
  if (!before || before.rows === after.rows) return [];
  const told: Happening[] = [];
  for (const [id, { seq, value: row }] of after.rows) {
    if (!row || before.rows.get(id)?.seq === seq) continue;
    for (const what of whatOf(known(id), row)) {
      told.push(happening(what, what === "opened" ? row.opened_at : row.at, row));
    }
  }
  return told;
}

/** What happened before one came, as far as a page of the tickets that changed last can tell. */
export function happeningsBefore({ items, next }: TicketPage): Happening[] {
  const told = items.flatMap((ticket) => {
    const row = rowOf(ticket);
    const opened = happening("opened", ticket.opened_at, row);
    if (ticket.status !== "resolved") return [opened];
    return [opened, happening("resolved", ticket.status_at, row)];
  });
  // Of what is older than the page's last change, tickets on the next page may tell too.
  const last = next === null ? undefined : items.at(-1);
  const since = last ? rowOf(last).at : 0;
  return told.filter(({ at }) => at >= since);
}

/** The newest first, each once, and not more than one can read. */
export function withHappenings(
  shown: readonly Happening[],
  told: readonly Happening[],
): readonly Happening[] {
  const keys = new Set(shown.map(({ key }) => key));
  const fresh = told.filter(({ key }) => !keys.has(key));
  if (fresh.length === 0) return shown;
  return [...fresh, ...shown].sort((one, other) => other.at - one.at).slice(0, MOST);
}

function happening(what: What, at: Millis, row: Row): Happening {
  return { key: `${row.id} ${what} ${at}`, what, at, row };
}

function whatOf(before: Row | undefined, row: Row): What[] {
  const what: What[] = [];
  if (!before && row.at - row.opened_at < JUST) what.push("opened");
  if (before && row.owner_id !== null && before.owner_id !== row.owner_id) what.push("assigned");
  if (before && isActive(before.status) && row.status === "resolved") what.push("resolved");
  if (before && before.priority !== "urgent" && row.priority === "urgent") what.push("urgent");
  return what;
}
