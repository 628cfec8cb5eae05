// The last 24 hours as bars: the counters `opened.h<hour>` are by the hour of UTC's day.

import type { FeedView } from "../live/views.ts";
import type { Millis } from "../live/wire.ts";

export interface Hour {
  /** When it began. */
  at: Millis;
  count: number;
}

const HOUR = 3_600_000;

/** Oldest first; the last one is the present hour, which is not over. */
export function hoursOf({ counters }: Pick<FeedView, "counters">, now: Millis): Hour[] {
  const first = now - (now % HOUR) - 23 * HOUR;
  return Array.from({ length: 24 }, (_, place) => {
    const at = first + place * HOUR;
    const name = `opened.h${(at / HOUR) % 24}`;
    return { at, count: counters.get(name)?.value ?? 0 };
  });
}
