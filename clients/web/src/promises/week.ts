// A week of opening hours: kept as the server has them, typed and drawn day by day.

import type { Shift, Weekday } from "../live/wire.ts";
import { WEEKDAYS } from "../people/hours.ts";

/** Hours as "09:00"; an `end` that is not after `start` is on the next day. */
export interface Interval {
  start: string;
  end: string;
}

export type Week = Readonly<Record<Weekday, readonly Interval[]>>;

/** Open hours within one day, in minutes since its midnight. */
export interface Stretch {
  start: number;
  end: number;
}

export const DAY_MINUTES = 24 * 60;
const MIDNIGHT = "00:00";

export function weekOf(hours: readonly Shift[]): Week {
  const of = (day: Weekday): Interval[] =>
    hours
      .filter(({ days }) => days.includes(day))
      .map(({ start, end }) => ({ start, end }))
      .sort((one, other) => one.start.localeCompare(other.start));
  return Object.fromEntries(WEEKDAYS.map((day) => [day, of(day)])) as Record<Weekday, Interval[]>;
}

/** Hours that are the same on several days are kept as one. */
export function hoursOf(week: Week): Shift[] {
  const found = new Map<string, { days: Weekday[]; start: string; end: string }>();
  for (const day of WEEKDAYS) {
    for (const { start, end } of week[day]) {
      const same = found.get(`${start} ${end}`);
      if (same) same.days.push(day);
      else found.set(`${start} ${end}`, { days: [day], start, end });
    }
  }
  return [...found.values()];
}

/** A day's hours as one would type them: "09:00–13:00, 14:00–18:00". */
export function typedAs(intervals: readonly Interval[]): string {
  return intervals
    .map(({ start, end }) => `${start}–${end === MIDNIGHT ? "24:00" : end}`)
    .join(", ");
}

/** The hours that were typed, however they were; undefined where they are not understood. */
export function intervalsIn(text: string): Interval[] | undefined {
  const found: Interval[] = [];
  for (const part of text.split(/[,;]/)) {
    if (part.trim() === "") continue;
    const [start, end, more] = part.split(/\s*(?:-|–|—|−)\s*/).map(timeIn);
    if (more !== undefined || !start || !end || start === "24:00") return undefined;
    found.push({ start, end: end === "24:00" ? MIDNIGHT : end });
  }
  found.sort((one, other) => one.start.localeCompare(other.start));
  return found.some(({ start }, at) => at > 0 && start < endOf(found[at - 1])) ? undefined : found;
}

/** "9", "9:30", "9.30", "9 pm", "1730" as "09:00" … "24:00"; null where it is no time. */
function timeIn(text: string): string | null {
  const parts = /^(\d{1,2})(?:[:.h]?(\d{2}))?\s*(?:([ap])\.?\s?m\.?)?$/i.exec(text.trim());
  if (!parts) return null;
  const half = parts[3]?.toLowerCase();
  const hours = half ? (Number(parts[1]) % 12) + (half === "p" ? 12 : 0) : Number(parts[1]);
  const minutes = Number(parts[2] ?? 0);
  if (half && Number(parts[1]) > 12) return null;
  if (minutes > 59 || hours > 24 || (hours === 24 && minutes > 0)) return null;
  return `${two(hours)}:${two(minutes)}`;
}

/** Day by day, from Monday on: what goes on over midnight is cut there, what touches is joined. */
export function stretchesOf(hours: readonly Shift[]): Stretch[][] {
  const week: Stretch[][] = WEEKDAYS.map(() => []);
  for (const { days, start, end } of hours) {
    const from = minutesOf(start);
    const to = end <= start ? minutesOf(end) + DAY_MINUTES : minutesOf(end);
    for (const day of days) {
      const place = WEEKDAYS.indexOf(day);
      week[place]?.push({ start: from, end: Math.min(to, DAY_MINUTES) });
      if (to > DAY_MINUTES) week[(place + 1) % 7]?.push({ start: 0, end: to - DAY_MINUTES });
    }
  }
  return week.map(joined);
}

/** Minutes since midnight as "09:30"; the end of a day is "24:00". */
export function clockOf(minutes: number): string {
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function joined(stretches: Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const each of stretches.sort((one, other) => one.start - other.start)) {
    const last = result.at(-1);
    if (last && each.start <= last.end) last.end = Math.max(last.end, each.end);
    else result.push({ ...each });
  }
  return result;
}

function endOf(interval: Interval | undefined): string {
  if (!interval) return MIDNIGHT;
  return interval.end <= interval.start ? "24:00" : interval.end;
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return hours * 60 + minutes;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
