// What just happened, told by how the rows of a team's room changed.

import { isActive } from "../live/evolve.ts";
import type { FeedView } from "../live/views.ts";
import type { Id, Millis, Row } from "../live/wire.ts";

export type What = "opened" | "assigned" | "resolved" | "urgent";

export interface Happening {
  key: string;
  what: What;
  at: Millis;
  row: Row;
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
      told.push({ key: `${id} ${seq} ${what}`, what, at: row.at, row });
    }
  }
  return told;
}

/** The newest first, each once, and not more than one can read. */
export function withHappenings(
  shown: readonly Happening[],
  told: readonly Happening[],
): readonly Happening[] {
  const keys = new Set(shown.map(({ key }) => key));
  const fresh = told.filter(({ key }) => !keys.has(key));
  if (fresh.length === 0) return shown;
  return [...fresh.sort((one, other) => other.at - one.at), ...shown].slice(0, MOST);
}

function whatOf(before: Row | undefined, row: Row): What[] {
  const what: What[] = [];
  if (!before && row.at - row.opened_at < JUST) what.push("opened");
  if (before && row.owner_id !== null && before.owner_id !== row.owner_id) what.push("assigned");
  if (before && isActive(before.status) && row.status === "resolved") what.push("resolved");
  if (before && before.priority !== "urgent" && row.priority === "urgent") what.push("urgent");
  return what;
}
