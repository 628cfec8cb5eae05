// Somebody's leave as the API has it: noted, or taken from a calendar that is followed.

import { parseDate, parseDateTime, toZoned } from "@internationalized/date";
import type { Id, Millis } from "../live/wire.ts";
import type { Interval } from "./rota.ts";

export interface Entry extends Interval {
  title: string;
}

export interface Leave {
  id: Id;
  version: number;
  user_id: Id;
  start: Millis | null;
  end: Millis | null;
  note: string;
  url: string | null;
  /** Its entries are leave, not itself. */
  calendar: boolean;
  entries: readonly Entry[];
  read_at: Millis | null;
  error: string | null;
  may_change: boolean;
}

/** A leave as one fills it in: dates, and times only where it is not whole days. */
export interface Wanted {
  from: string;
  fromTime: string;
  to: string;
  toTime: string;
}

/** From the first moment to the one after the last, on the clock of a zone. */
export function momentsOf({ from, fromTime, to, toTime }: Wanted, zone: string): Interval {
  return {
    start: moment(from, fromTime, zone),
    end: toTime ? moment(to, toTime, zone) : whole(to, zone),
  };
}

function moment(date: string, time: string, zone: string): Millis {
  return toZoned(parseDateTime(`${date}T${time || "00:00"}`), zone)
    .toDate()
    .getTime();
}

/** The end of a day. */
function whole(date: string, zone: string): Millis {
  return parseDate(date).add({ days: 1 }).toDate(zone).getTime();
}

/** What is not over, the next first; calendars last. */
export function inOrder(leaves: readonly Leave[]): Leave[] {
  return [...leaves].sort((one, other) => (one.start ?? Infinity) - (other.start ?? Infinity));
}
