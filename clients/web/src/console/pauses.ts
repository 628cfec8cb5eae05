// For how long a ticket can be put aside with one press.

import type { Millis } from "../live/wire.ts";

export interface Pause {
  name: "hour" | "tomorrow" | "week";
  until: Millis;
}

const MORNING = 9;

/** An hour, the next morning, and that of the next Monday, on the clock of who asks. */
export function pausesFrom(now: Millis): Pause[] {
  const today = new Date(now);
  const monday = (8 - today.getDay()) % 7 || 7;
  return [
    { name: "hour", until: now + 3_600_000 },
    { name: "tomorrow", until: morning(today, 1) },
    { name: "week", until: morning(today, monday) },
  ];
}

function morning(day: Date, later: number): Millis {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + later, MORNING).getTime();
}
