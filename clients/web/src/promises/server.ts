// What the server is asked beside the documents themselves.

import { api } from "../desk.ts";
import { language } from "../language/language.ts";
import type { Id, Metric, Millis, Priority } from "../live/wire.ts";
import type { Rung, Written } from "./policies.ts";

/** The countries whose holidays are known, by their code, and the parts of each. */
export type Countries = Readonly<Record<string, readonly string[]>>;
/** Names of holidays by day. */
export type Named = Readonly<Record<string, string>>;

export async function allCountries(): Promise<Countries> {
  return (await api.get<{ countries: Countries }>("/api/holidays")).countries;
}

/** A country's holidays in these years; none without a country. */
export async function nationalHolidays(
  country: string | null,
  subdivision: string | null,
  years: readonly number[],
): Promise<Named> {
  if (country === null) return {};
  const answers = await Promise.all(
    years.map((year) => {
      const query = new URLSearchParams({
        year: String(year),
        language: language(),
        ...(subdivision && { subdivision }),
      });
      return api.get<{ holidays: { date: string; name: string }[] }>(
        `/api/holidays/${country}?${query}`,
      );
    }),
  );
  const days = answers.flatMap(({ holidays }) => holidays);
  return Object.fromEntries(days.map(({ date, name }) => [date, name]));
}

/** Time that counted, or did not; what lies `ahead` is as things stand. */
export interface Interval {
  start: Millis;
  end: Millis;
  counted: boolean;
  reason: "open" | "closed" | "holiday" | "pending" | "resolved" | "unpromised";
  /** The holiday's. */
  name: string | null;
  ahead: boolean;
}

/** A clock of a ticket with its explanation; lengths are business time, `left` may be negative. */
export interface Explained {
  metric: Metric;
  state: "running" | "paused" | "met";
  target: Millis;
  consumed: Millis;
  left: Millis;
  started_at: Millis;
  due_at: Millis | null;
  met_at: Millis | null;
  breached_at: Millis | null;
  late: boolean;
  warned: readonly number[];
  counted: Millis;
  intervals: readonly Interval[];
  shortened: boolean;
}

export interface Explanation {
  at: Millis;
  policy: string | null;
  calendar: string | null;
  zone: string | null;
  clocks: readonly Explained[];
}

export function explanationOf(ticket: Id): Promise<Explanation> {
  return api.get<Explanation>(`/api/tickets/${ticket}/sla?language=${language()}`);
}

/** A ticket as it might be; opened now where `at` is null. */
export interface Case {
  priority: Priority;
  category: Id | null;
  team_id: Id | null;
  contact_tags: readonly string[];
  at: Millis | null;
}

/** A ticket that a promise is for; without one, any. */
export function caseFor(policy: Written | null): Case {
  return {
    priority: policy?.priorities[0] ?? "medium",
    category: policy?.category_ids[0] ?? null,
    team_id: policy?.team_ids[0] ?? null,
    contact_tags: policy?.contact_tags ?? [],
    at: null,
  };
}

interface Mark {
  at: Millis | null;
  percent: number | null;
  rung: Rung | null;
}

export interface Foreseen {
  metric: Metric;
  target: Millis;
  due_at: Millis | null;
  warnings: readonly Mark[];
  ladder: readonly Mark[];
  intervals: readonly Interval[];
}

export interface Foresight {
  policy_id: Id | null;
  name: string | null;
  tried: readonly { policy_id: Id; name: string; misfit: string | null }[];
  clocks: readonly Foreseen[];
}

/** What a ticket like this would get; with `policy` only that one is tried, which may be unsaved. */
export function foresee(wanted: Case, policy: Written | null): Promise<Foresight> {
  const asked = { ...wanted, language: language() };
  if (policy === null) return api.post<Foresight>("/api/sla/preview", asked);
  const draft: Partial<Written> = { ...policy };
  delete draft.position; // It is the only one, and in force.
  delete draft.active;
  return api.post<Foresight>("/api/sla/preview", { ...asked, policy: draft });
}
