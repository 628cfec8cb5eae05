// The rota of a week as the API answers it, and as a grid shows it: by person and day.

import type { FeedView } from "../live/views.ts";
import type { Id, Millis, Shift } from "../live/wire.ts";

export interface Interval {
  start: Millis;
  end: Millis;
}

export interface AwayInterval extends Interval {
  leave_id: Id;
  from_calendar: boolean;
}

/** From one time of day to another; an end that is not after the start is on the next day. */
export interface Hours {
  start: string;
  end: string;
}

/** What holds on a date in the place of the weekly shifts: other hours, or none. */
export interface ShiftException {
  date: string;
  hours: readonly Hours[];
  note: string;
}

export interface RotaRow {
  agent_id: Id;
  name: string;
  zone: string;
  team_ids: readonly Id[];
  /** They have no set hours. */
  always: boolean;
  shifts: readonly Interval[];
  breaks: readonly Interval[];
  leave: readonly AwayInterval[];
  weekly: readonly Shift[];
  planned: readonly Shift[];
  exceptions: readonly ShiftException[];
}

export interface Rota extends Interval {
  zone: string;
  /** The first moment of each day. */
  days: readonly Millis[];
  rows: readonly RotaRow[];
}

export type Kind = "shift" | "break" | "leave";

/** A part of a day's bar, in hundredths of it. */
export interface Part {
  kind: Kind;
  from: number;
  wide: number;
}

export interface Cell {
  day: Millis;
  /** What begins on this day, or goes on from before the first; as moments. */
  shifts: readonly Interval[];
  parts: readonly Part[];
  leave: boolean;
  exception: ShiftException | null;
}

/** A row by its days. Parts lie over one another in this order: shift, break, leave. */
export function cellsOf(row: RotaRow, { days, end }: Pick<Rota, "days" | "end" | "zone">): Cell[] {
  return days.map((day, place) => {
    const over = days[place + 1] ?? end;
    const always = row.always ? [{ start: day, end: over }] : [];
    const leave = partsOf("leave", row.leave, day, over);
    return {
      day,
      shifts: row.shifts.filter(
        ({ start, end }) =>
          (start >= day && start < over) || (place === 0 && start < day && end > day),
      ),
      parts: [
        ...partsOf("shift", [...row.shifts, ...always], day, over),
        ...partsOf("break", row.breaks, day, over),
        ...leave,
      ],
      leave: leave.length > 0,
      exception: row.exceptions.find(({ date }) => date === dayIn(day, row.zone, over)) ?? null,
    };
  });
}

/** What is planned of everybody in some rooms, as one text: another where anybody's is. */
export function plansIn(feeds: readonly FeedView[]): string {
  const plans = new Map(
    feeds.flatMap(({ agents }) =>
      [...agents].flatMap(([id, { value }]) => (value ? [[id, value.plan ?? 0] as const] : [])),
    ),
  );
  return [...plans]
    .map(([id, plan]) => `${id}:${plan}`)
    .sort()
    .join(" ");
}

/** The date of most of a day, on the clock of a zone. */
function dayIn(day: Millis, zone: string, over: Millis): string {
  return dateIn((day + over) / 2, zone);
}

function partsOf(kind: Kind, spans: readonly Interval[], day: Millis, over: Millis): Part[] {
  const long = over - day;
  return spans
    .filter(({ start, end }) => start < over && end > day)
    .map(({ start, end }) => {
      const from = (Math.max(start, day) - day) / long;
      const to = (Math.min(end, over) - day) / long;
      return { kind, from: hundredths(from), wide: hundredths(to - from) };
    });
}

function hundredths(part: number): number {
  return Math.round(part * 10_000) / 100;
}

/** The span that is under way or comes next. */
export function nextOf(spans: readonly Interval[], now: Millis): Interval | null {
  return spans.find(({ end }) => end > now) ?? null;
}

/** A date such as 2026-11-30, on the clock of a zone. */
export function dateIn(at: Millis, timeZone: string): string {
  const options = { timeZone, year: "numeric", month: "2-digit", day: "2-digit" } as const;
  const parts = new Intl.DateTimeFormat("en", options).formatToParts(at);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** So many days after a date. */
export function daysAfter(date: string, days: number): string {
  const at = new Date(`${date}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** The Monday of a date's week. */
export function mondayOf(date: string): string {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return daysAfter(date, -((weekday + 6) % 7));
}
