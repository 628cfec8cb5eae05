// How staff are as the API answers: what they carry, whether they are free, and why not.

import type { Agent, Attendance, Id, Millis, SkillLevel } from "../live/wire.ts";

export const OWN_STATUSES = ["available", "busy", "away"] as const;

export type OwnStatus = (typeof OWN_STATUSES)[number];
export type Reason = NonNullable<Attendance["reason"]>;

export interface Availability {
  reason: Reason;
  /** When the clock changes it; null where no clock does. */
  until: Millis | null;
}

export interface TakenBreak {
  since: Millis;
  until: Millis;
  seq: number;
}

export interface AgentInfo {
  id: Id;
  name: string;
  role: string;
  team_ids: readonly Id[];
  skills: readonly SkillLevel[];
  languages: readonly string[];
  zone: string;
  status: OwnStatus;
  note: string;
  status_at: Millis;
  on_break: TakenBreak | null;
  load: number;
  capacity: number;
  tickets: number;
  given_at: Millis;
  connected: boolean;
  connected_since: Millis;
  availability: Availability;
}

/** Who lets so many offers in a row run out is offered no more, as domain/workforce/state.py has it. */
const MISSED_MOST = 3;

export function answers(agent: Agent | null): boolean {
  return (agent?.missed ?? 0) < MISSED_MOST;
}

export const TONES = {
  available: "good",
  reachable: "plain",
  busy: "busy",
  full: "busy",
  shift_ending: "warn",
  on_break: "warn",
  away: "warn",
  not_answering: "warn",
  not_connected: "plain",
  off_shift: "plain",
  on_leave: "plain",
  inactive: "plain",
} as const satisfies Record<Reason, string>;

/** Those who can be given something first, then those who soon can, then who is not here. */
export const ORDER: readonly Reason[] = [
  "available",
  "full",
  "shift_ending",
  "busy",
  "on_break",
  "away",
  "not_answering",
  "reachable",
  "not_connected",
  "off_shift",
  "on_leave",
  "inactive",
];
