// When somebody works in a week, and on whose clock, in words.

import type { Shift, Weekday } from "../live/wire.ts";
import { date } from "../words.ts";

export const WEEKDAYS = [
  "mon",
  "tue",
  "wed",
  "thu",
  "fri",
  "sat",
  "sun",
] as const satisfies readonly Weekday[];
export const NO_ZONE = "UTC"; // What everybody begins with.

const MONDAY = Date.UTC(2024, 0, 1);
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

export function weekdayName(day: Weekday, weekday: "short" | "long"): string {
  return date(MONDAY + WEEKDAYS.indexOf(day) * DAY, { weekday, timeZone: "UTC" });
}

/** "Mon–Fri 09:00–17:00", as the language writes it. */
export function shiftInWords({ days, start, end }: Shift): string {
  const named = runsOf(days).map(([first, last]) =>
    first === last
      ? weekdayName(first, "short")
      : `${weekdayName(first, "short")}–${weekdayName(last, "short")}`,
  );
  return `${named.join(", ")} ${clockTime(start)}–${clockTime(end)}`;
}

/** Whether a shift ends on the day after it began. */
export function isOverMidnight({ start, end }: Shift): boolean {
  return end <= start;
}

/** The zone of who looks. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** What a zone is called for short: its city. */
export function cityOf(zone: string): string {
  return zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ");
}

/** All zones to choose from; the present one is among them, also where this browser knows others. */
export function zonesWith(zone: string): { value: string; label: string }[] {
  return [...new Set([NO_ZONE, zone, ...Intl.supportedValuesOf("timeZone")])]
    .sort()
    .map((value) => ({ value, label: value.replaceAll("_", " ") }));
}

/** Days that follow each other, as the first and the last of them. */
function runsOf(days: readonly Weekday[]): [Weekday, Weekday][] {
  const runs: [Weekday, Weekday][] = [];
  for (const day of WEEKDAYS.filter((each) => days.includes(each))) {
    const run = runs.at(-1);
    if (run && WEEKDAYS.indexOf(run[1]) === WEEKDAYS.indexOf(day) - 1) run[1] = day;
    else runs.push([day, day]);
  }
  return runs;
}

function clockTime(clock: string): string {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return date(MONDAY + (hours * 60 + minutes) * MINUTE, { timeStyle: "short", timeZone: "UTC" });
}
