// Calendars as admins look after them: when a desk is open, and on which days it is not.

import type { Versioned } from "../live/documents.ts";
import type { Shift } from "../live/wire.ts";
import { ownZone } from "../people/hours.ts";
import { date } from "../words.ts";

/** Days are as "2026-12-24". */
export interface Holiday {
  date: string;
  name: string;
}

export interface Written {
  name: string;
  zone: string;
  hours: readonly Shift[];
  holidays: readonly Holiday[];
  country: string | null;
  subdivision: string | null;
  /** Holidays of the country on which it is open all the same. */
  worked: readonly string[];
}

export interface Calendar extends Versioned, Written {}

/** What a new one begins with. */
export function empty(): Written {
  const days = ["mon", "tue", "wed", "thu", "fri"] as const;
  return {
    name: "",
    zone: ownZone(),
    hours: [{ days, start: "09:00", end: "17:00" }],
    holidays: [],
    country: null,
    subdivision: null,
    worked: [],
  };
}

/** A day as the reader writes it: "Thu, Dec 24". */
export function dayInWords(day: string, more: Intl.DateTimeFormatOptions = {}): string {
  return date(Date.parse(`${day}T00:00:00Z`), {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: "UTC",
    ...more,
  });
}
