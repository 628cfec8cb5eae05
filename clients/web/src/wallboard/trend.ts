// How a number came to be what it is: the counters `m<minute>.<name>` are what it was at each five
// minutes of the last hour, by the minute of UTC's hour.

import type { FeedView } from "../live/views.ts";
import type { Millis } from "../live/wire.ts";

export interface Trend {
  /** Oldest first; the last one is the present. */
  points: readonly number[];
  /** The present against the oldest. */
  change: number;
  /** How long ago the oldest was, in whole steps. */
  minutes: number;
}

const MINUTE = 60_000;
const STEP = 5 * MINUTE;
const STEPS = 12;
/** So many steps of the past make a trend; less is the noise of a beginning. */
const LEAST = 3;
export const WAIT = "oldest_wait_at";

/** Null where too little before now is known to compare with. `now` is the server's. */
export function trendOf(
  { counters }: Pick<FeedView, "counters">,
  name: string,
  now: Millis,
): Trend | null {
  const last = now - (now % STEP);
  // What was last written at this very moment may still be an hour old: it is left out.
  const moments = Array.from({ length: STEPS - 1 }, (_, place) => last - (place + 1) * STEP);
  const points = [meant(name, counters.get(name)?.value ?? 0, now)];
  for (const at of moments) {
    const value = counters.get(`m${(at / MINUTE) % 60}.${name}`)?.value;
    if (value === undefined || value < 0) break;
    points.unshift(meant(name, value, at));
  }
  if (points.length <= LEAST) return null;
  const change = (points.at(-1) ?? 0) - (points[0] ?? 0);
  return { points, change, minutes: (points.length - 1) * 5 };
}

/** A wait is kept as when it began. */
function meant(name: string, value: number, at: Millis): number {
  return name !== WAIT || value === 0 ? value : Math.max(0, at - value);
}
