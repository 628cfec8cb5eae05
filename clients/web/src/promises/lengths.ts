// Lengths of time as people type and read them; the server has minutes.

import { language } from "../language/language.ts";
import { p } from "../language/promises.ts";

const HOUR = 60;
const MINUTE_MS = 60_000;

/** Minutes as "4 h 30 min". */
export function length(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / HOUR), minutes % HOUR];
  if (hours === 0) return unit(rest, "minute");
  return rest === 0 ? unit(hours, "hour") : `${unit(hours, "hour")} ${unit(rest, "minute")}`;
}

/** Milliseconds so. */
export function lengthOf(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / MINUTE_MS);
  return minutes === 0 && milliseconds > 0 ? p.explained.short : length(minutes);
}

/** The minutes that were typed: "4 h", "1 h 30", "1:30", "1.5 h", "90"; undefined where it is none. */
export function minutesIn(text: string): number | undefined {
  const typed = text.trim().toLowerCase().replaceAll(",", ".");
  const clock = /^(\d{1,4}):([0-5]\d)$/.exec(typed);
  if (clock) return Number(clock[1]) * HOUR + Number(clock[2]);
  const words =
    /^(?:(\d+(?:\.\d+)?)\s*h(?:(?:ou)?rs?|oras?)?\.?)?\s*(?:(\d+)\s*(?:m(?:in(?:uto|ute)?s?)?\.?)?)?$/;
  const parts = words.exec(typed);
  if (!parts || (parts[1] === undefined && parts[2] === undefined)) return undefined;
  return Math.round(Number(parts[1] ?? 0) * HOUR + Number(parts[2] ?? 0));
}

function unit(value: number, name: "hour" | "minute"): string {
  const options = { style: "unit", unit: name, unitDisplay: "short" } as const;
  return new Intl.NumberFormat(language(), options).format(value);
}
