// The rows of several feed rooms as one list, filtered and counted.

import { isActive } from "./evolve.ts";
import type { FeedView } from "./views.ts";
import type { Id, Row, Status, Ticket } from "./wire.ts";

export type Filter = "active" | "mine" | "unassigned" | Status;

export const FILTERS: readonly Filter[] = [
  "active",
  "mine",
  "unassigned",
  "open",
  "in_progress",
  "pending",
  "resolved",
  "closed",
];

/** Each ticket once, as who knows it newest shows it; `older` were fetched beside the feeds. */
export function mergeRows(feeds: Iterable<FeedView>, older: readonly Ticket[] = []): Row[] {
  const newest = new Map<Id, { seq: number; row: Row }>();
  for (const ticket of older) newest.set(ticket.id, { seq: ticket.seq, row: rowOf(ticket) });
  for (const feed of feeds) {
    for (const [id, { seq, value }] of feed.rows) {
      if ((newest.get(id)?.seq ?? -1) >= seq) continue;
      if (value) newest.set(id, { seq, row: value });
      else newest.delete(id); // It left this list; where it went, a newer row says.
    }
  }
  return [...newest.values()].map(({ row }) => row).sort((one, other) => other.at - one.at);
}

/** A ticket as a feed would list it. */
export function rowOf(ticket: Ticket): Row {
  const face = ticket.staff ?? ticket.public;
  return {
    id: ticket.id,
    number: ticket.number,
    title: ticket.title,
    status: ticket.status,
    priority: ticket.priority,
    category: ticket.category,
    requester_id: ticket.requester_id ?? "",
    company_id: ticket.company_id,
    channel: ticket.channel,
    inbox_id: ticket.inbox_id ?? "",
    team_id: ticket.team_id ?? "",
    owner_id: ticket.owner_id,
    due_at: ticket.due_at,
    opened_at: ticket.opened_at,
    at: face.at,
    messages: face.messages,
    said: face.said[0] ?? null,
  };
}

export function passes(row: Row, filter: Filter, me: Id): boolean {
  switch (filter) {
    case "active":
      return isActive(row.status);
    case "mine":
      return row.owner_id === me && isActive(row.status);
    case "unassigned":
      return row.owner_id === null && isActive(row.status);
    default:
      return row.status === filter;
  }
}

export function countBy(rows: readonly Row[], me: Id): Record<Filter, number> {
  const entries = FILTERS.map((filter) => [
    filter,
    rows.filter((row) => passes(row, filter, me)).length,
  ]);
  return Object.fromEntries(entries) as Record<Filter, number>;
}

/** Whether the client had the last word and somebody should answer. */
export function awaitsReply(row: Row): boolean {
  return isActive(row.status) && row.said?.author.kind === "client";
}
