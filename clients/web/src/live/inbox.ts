// The rows of several feed rooms as one list, filtered and counted.

import { isActive } from "./evolve.ts";
import type { FeedView } from "./views.ts";
import type { Id, Row, Status } from "./wire.ts";

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

/** Each ticket once, as the room that knows it newest shows it; removed ones are left out. */
export function mergeRows(feeds: Iterable<FeedView>): Row[] {
  const newest = new Map<Id, { seq: number; row: Row }>();
  for (const feed of feeds) {
    for (const [id, { seq, value }] of feed.rows) {
      if (value && (newest.get(id)?.seq ?? -1) < seq) newest.set(id, { seq, row: value });
    }
  }
  return [...newest.values()].map(({ row }) => row).sort((one, other) => other.at - one.at);
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
