// A moment that is not far: its time today, with its day this week, else its date.

import type { Millis } from "../live/wire.ts";
import { date, timeOfDay } from "../words.ts";

const DAY = 24 * 3_600_000;

export function soonAt(at: Millis, now: Millis): string {
  if (new Date(at).toDateString() === new Date(now).toDateString()) return timeOfDay(at);
  if (Math.abs(at - now) < 6 * DAY) {
    return date(at, { weekday: "short", hour: "numeric", minute: "2-digit" });
  }
  return date(at, { day: "numeric", month: "short" });
}
