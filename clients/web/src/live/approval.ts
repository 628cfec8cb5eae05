// Where an approval stands: who is asked now, and what each has said.

import type { Approval, Id } from "./wire.ts";

export type Said = "yes" | "no" | "asked" | "later" | "spared";

/** Who has still to answer. */
export function askedNow(approval: Approval): readonly Id[] {
  const level = approval.levels[approval.level];
  if (!level) return [];
  return level.approver_ids.filter((id) => decisionOf(approval, approval.level, id) === undefined);
}

/** What somebody of a level said, or what is expected of them; `waiting`: it is not settled. */
export function saidBy(approval: Approval, level: number, id: Id, waiting: boolean): Said {
  const decision = decisionOf(approval, level, id);
  if (decision) return decision.approved ? "yes" : "no";
  if (!waiting || level < approval.level) return "spared";
  return level === approval.level ? "asked" : "later";
}

function decisionOf(approval: Approval, level: number, id: Id) {
  return approval.decisions.find((each) => each.level === level && each.approver_id === id);
}
