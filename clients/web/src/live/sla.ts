// What a clock of a ticket says at a moment. The server gives absolute times; here they only tick.

import type { Millis, SlaClock } from "./wire.ts";

export type Standing = "running" | "soon" | "late" | "paused" | "met" | "met late";

/** From this part of the target on a running clock is one to look at. */
const SOON = 0.75;

export interface Shown {
  standing: Standing;
  /** Milliseconds on the wall until it is due, or since; of a paused one those of business time. */
  time: Millis;
}

export function shown(clock: SlaClock, now: Millis): Shown {
  if (clock.met_at !== null) {
    return { standing: clock.breached_at === null ? "met" : "met late", time: 0 };
  }
  const left = clock.target - clock.consumed;
  if (clock.due_at === null) return { standing: "paused", time: Math.max(0, left) };
  if (clock.due_at <= now) return { standing: "late", time: now - clock.due_at };
  const time = clock.due_at - now;
  // Business time left is never more than what is left on the wall.
  const soon = Math.min(time, left) <= clock.target * (1 - SOON);
  return { standing: soon ? "soon" : "running", time };
}

/** How a ticket stands towards what was promised, as `domain/sla/state.py` has it. */
export type Peril = "at_risk" | "breached";

export function perilOf(clocks: readonly SlaClock[] | null | undefined): Peril | null {
  const owed = (clocks ?? []).filter((clock) => clock.met_at === null);
  if (owed.some((clock) => clock.breached_at !== null)) return "breached";
  return owed.some((clock) => clock.warned.length > 0 && clock.due_at !== null) ? "at_risk" : null;
}

/** The clock to show where there is room for one: the first that is due, else one that waits. */
export function pressing(clocks: readonly SlaClock[]): SlaClock | null {
  const open = clocks.filter((clock) => clock.met_at === null);
  const running = open.filter((clock) => clock.due_at !== null);
  const first = [...running].sort((one, other) => (one.due_at ?? 0) - (other.due_at ?? 0))[0];
  return first ?? open[0] ?? null;
}
