// Where a ticket is in its life.

import type { Row, Status } from "./wire.ts";

/** Whether somebody still works on it. */
export function isActive(status: Status): boolean {
  return status !== "resolved" && status !== "closed";
}

/** Whether a ticket waits for an owner, and for nothing else: as `is_queued` of
 * domain/routing/queue.py has it. */
export function isQueued(row: Row): boolean {
  const { owner_id, status, approval, assistant, snoozed_until } = row;
  if (owner_id !== null || (status !== "open" && status !== "in_progress")) return false;
  if (assistant === "waiting" || assistant === "answered") return false;
  return (snoozed_until ?? null) === null && approval !== "waiting";
}
