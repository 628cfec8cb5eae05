// A list that somebody is at: what is under the pointer stays where it is, and what comes waits.

import type { Row } from "./wire.ts";

export interface Held {
  rows: readonly Row[];
  /** How many have come or moved up since, and wait to be let in. */
  waiting: number;
}

/** The rows as they were shown, each as it is now; what follows after them is let in. */
export function holding(shown: readonly Row[], now: readonly Row[]): Held {
  const known = new Map(now.map((row, place) => [row.id, { row, place }]));
  const here = new Set(shown.map(({ id }) => id));
  let last = -1;
  let moved = 0;
  for (const { id } of shown) {
    const place = known.get(id)?.place ?? -1;
    if (place >= 0 && place < last) moved += 1;
    last = Math.max(last, place);
  }
  const isNew = (row: Row) => !here.has(row.id);
  return {
    rows: [
      ...shown.map((row) => known.get(row.id)?.row ?? row),
      ...now.slice(last + 1).filter(isNew),
    ],
    waiting: moved + now.slice(0, last + 1).filter(isNew).length,
  };
}
