// The next days of a calendar: when it is open on each, and for which holiday it is not.

import type { Calendar } from "./calendars.ts";
import { stretchesOf, type Stretch } from "./week.ts";

const DAY = 24 * 3_600_000;

export interface Ahead {
  /** As "2026-12-24". */
  day: string;
  open: readonly Stretch[];
  /** The name of a holiday that takes hours away. */
  holiday: string | null;
}

type Hours = Pick<Calendar, "zone" | "hours" | "holidays" | "worked">;

/** `national` are the names of its country's holidays by day. */
export function ahead(
  { zone, hours, holidays, worked }: Hours,
  national: Readonly<Record<string, string>>,
  now: number,
  days: number,
): Ahead[] {
  const week = stretchesOf(hours);
  const own = new Map(holidays.map(({ date, name }) => [date, name]));
  const first = Date.parse(`${today(zone, now)}T00:00:00Z`);
  return Array.from({ length: days }, (_, place) => {
    const at = first + place * DAY;
    const day = new Date(at).toISOString().slice(0, 10);
    const open = week[(new Date(at).getUTCDay() + 6) % 7] ?? [];
    const name = own.get(day) ?? (worked.includes(day) ? undefined : national[day]);
    if (name === undefined || open.length === 0) return { day, open, holiday: null };
    return { day, open: [], holiday: name };
  });
}

/** Which day it is in a zone; in UTC where this browser does not know the zone. */
export function today(zone: string, now: number): string {
  try {
    return new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(now);
  } catch {
    return new Date(now).toISOString().slice(0, 10);
  }
}
