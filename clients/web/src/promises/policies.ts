// Promises (SLA policies) as admins look after them: which tickets, in which time, and what if not.

import type { Versioned } from "../live/documents.ts";
import type { Act, Id, Metric, Priority } from "../live/wire.ts";

export const METRICS = [
  "first_response",
  "next_response",
  "resolution",
] as const satisfies readonly Metric[];
/** The most pressing first. */
export const RANKED = ["urgent", "high", "medium", "low"] as const satisfies readonly Priority[];
export const ACTS = [
  "notify",
  "raise_priority",
  "reassign",
  "supervisor",
] as const satisfies readonly Act[];

/** In minutes of opening hours; null is not promised. */
export type Targets = Readonly<Record<Metric, number | null>>;

/** One step: at a percentage of the target, or minutes after the breach. */
export interface Rung {
  act: Act;
  metric: Metric | null;
  percent: number | null;
  minutes_after: number | null;
  notify: readonly Id[];
  agent_id: Id | null;
  team_id: Id | null;
}

export interface Written {
  name: string;
  calendar_id: Id;
  position: number;
  active: boolean;
  priorities: readonly Priority[];
  category_ids: readonly Id[];
  team_ids: readonly Id[];
  contact_tags: readonly string[];
  targets: Readonly<Partial<Record<Priority, Targets>>>;
  warn_at: readonly number[];
  ladder: readonly Rung[];
}

export interface Policy extends Versioned, Written {}

const NOTHING: Targets = { first_response: null, next_response: null, resolution: null };

/** What a new one begins with. */
export function empty(position: number, calendar: Id): Written {
  return {
    name: "",
    calendar_id: calendar,
    position,
    active: true,
    priorities: [],
    category_ids: [],
    team_ids: [],
    contact_tags: [],
    targets: {},
    warn_at: [75],
    ladder: [],
  };
}

export function emptyRung(): Rung {
  return {
    act: "notify",
    metric: null,
    percent: 100,
    minutes_after: null,
    notify: [],
    agent_id: null,
    team_id: null,
  };
}

/** A rung that does something else has no place for what only the other act names. */
export function acting(rung: Rung, act: Act): Rung {
  return {
    ...rung,
    act,
    agent_id: act === "supervisor" ? rung.agent_id : null,
    team_id: act === "reassign" ? rung.team_id : null,
  };
}

/** As the server looks at them: by position, of equal ones by id. */
export function inOrder(policies: readonly Policy[]): Policy[] {
  return policies.toSorted(
    (one, other) => one.position - other.position || (one.id < other.id ? -1 : 1),
  );
}

/** Those in another order. */
export function moved<T>(all: readonly T[], from: number, to: number): T[] {
  const others = all.toSpliced(from, 1);
  const one = all[from];
  return one === undefined ? [...all] : others.toSpliced(to, 0, one);
}

/** Which of them need another position to be looked at in this order, and which. */
export function positions(ordered: readonly Policy[]): { policy: Policy; position: number }[] {
  return ordered
    .map((policy, position) => ({ policy, position }))
    .filter(({ policy, position }) => policy.position !== position);
}

/** The targets with one of them set; a priority of which nothing is promised is not named. */
export function targeted(
  targets: Written["targets"],
  priority: Priority,
  metric: Metric,
  minutes: number | null,
): Written["targets"] {
  const row = { ...NOTHING, ...targets[priority], [metric]: minutes };
  const rows = { ...targets, [priority]: row };
  return Object.fromEntries(
    RANKED.filter((each) => Object.values(rows[each] ?? NOTHING).some((one) => one !== null)).map(
      (each) => [each, rows[each]],
    ),
  );
}

/** "75, 90 %" as numbers; undefined where it is something else. */
export function percentsIn(text: string): number[] | undefined {
  const parts = text.split(/[,;\s%]+/).filter((part) => part !== "");
  const numbers = parts.map(Number);
  const fine = numbers.every((each) => Number.isInteger(each) && each >= 1 && each <= 99);
  return fine ? [...new Set(numbers)].sort((one, other) => one - other) : undefined;
}
