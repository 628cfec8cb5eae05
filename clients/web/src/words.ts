// Human times, sizes and names, and what somebody did, in the present language.

import { language, locale, m } from "./language/language.ts";
import type { ChangeEvent } from "./live/changes.ts";
import type { Names } from "./live/people.ts";
import { worked } from "./worked.ts";
import type { ActorKind, ActorRef, Cause, Id, TicketAssigned } from "./live/wire.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A moment as a distance: "now", "4 min", "3h", "2d", then the date. */
export function ago(at: number, now: number): string {
  const past = Math.max(0, now - at);
  if (past < MINUTE) return m.time.now;
  if (past < HOUR) return units(past / MINUTE, "minute", "short");
  if (past < DAY) return units(past / HOUR, "hour", "narrow");
  if (past < 7 * DAY) return units(past / DAY, "day", "narrow");
  return date(at, { day: "numeric", month: "short" });
}

export function exactly(at: number): string {
  return date(at, { dateStyle: "medium", timeStyle: "short" });
}

export function timeOfDay(at: number): string {
  return date(at, { timeStyle: "short" });
}

export function dayOf(at: number, now: number): string {
  const day = new Date(at).toDateString();
  if (day === new Date(now).toDateString()) return m.time.today;
  if (day === new Date(now - DAY).toDateString()) return m.time.yesterday;
  return date(at, { dateStyle: "long" });
}

/** Names in a row: "Ada, Bob and Cy". */
export function list(names: readonly string[]): string {
  return new Intl.ListFormat(language(), { type: "conjunction" }).format(names);
}

/** A part of a whole, from 0 to 1: "75 %". */
export function percent(part: number): string {
  return new Intl.NumberFormat(locale(), { style: "percent" }).format(part);
}

export function number(value: number): string {
  return new Intl.NumberFormat(locale()).format(value);
}

/** A number that says which way it went: "+3", "−2", "±0". */
export function difference(value: number): string {
  return value === 0 ? "±0" : `${value > 0 ? "+" : "−"}${number(Math.abs(value))}`;
}

/** What a language is called, in the present one. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(language(), { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** A duration that ticks: "0:42", "12:05", "3:07:10". */
export function ticking(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** A duration that somebody watches: the last hour ticks, a longer one is said in two units. */
export function lasting(milliseconds: number): string {
  if (milliseconds < HOUR) return ticking(milliseconds);
  const [big, small] = milliseconds < 2 * DAY ? [HOUR, MINUTE] : [DAY, HOUR];
  const [one, other] = big === HOUR ? (["hour", "minute"] as const) : (["day", "hour"] as const);
  const rest = milliseconds % big;
  const whole = units(milliseconds / big, one, "narrow");
  return rest < small ? whole : `${whole} ${units(rest / small, other, "narrow")}`;
}

export function size(bytes: number): string {
  if (bytes < 1024) return units(bytes, "byte", "long");
  if (bytes < 1024 * 1024) return units(Math.round(bytes / 1024), "kilobyte", "short");
  return units(bytes / 1024 / 1024, "megabyte", "short", 1);
}

/** What to call somebody; null is nobody. */
export function nameOf(known: Names, id: Id | null, kind: ActorKind = "agent"): string {
  if (kind === "assistant") return m.people.assistant;
  if (kind === "system") return "Deskwire";
  if (id === null) return m.people.nobody;
  return known.get(id)?.name ?? (kind === "client" ? m.people.client : m.people.agent);
}

/** Names by id, as far as they are known. */
export interface NamesById {
  person: (id: Id) => string | undefined;
  team: (id: Id) => string | undefined;
  category: (id: Id) => string | undefined;
}

/** What somebody did, to be said after their name; `staff` is who reads it. */
export function happening(
  event: ChangeEvent,
  actor: ActorRef,
  staff: boolean,
  names: NamesById,
): string {
  const said = m.changes;
  switch (event.type) {
    case "ticket.assigned":
      return assignment(event, actor, names);
    case "ticket.status_changed": {
      const word = (staff ? m.status : m.statusForClient)[event.status];
      const reason = event.reason ? said.because(event.reason) : "";
      return said.status(word, causeOf(event.cause), reason);
    }
    case "ticket.priority_changed":
      return said.priority(m.priority[event.priority]);
    case "ticket.renamed":
      return said.renamed(event.title);
    case "ticket.category_changed": {
      if (event.category === null) return said.noCategory;
      const name = names.category(event.category);
      return name === undefined ? said.someCategory : said.category(name);
    }
    case "ticket.due_changed":
      return event.due_at === null ? said.noDue : said.due(exactly(event.due_at));
    case "ticket.tags_changed":
      return event.tags.length === 0 ? said.noTags : said.tags(event.tags.join(", "));
    case "ticket.fields_changed":
      return said.fields;
    case "ticket.skills_changed":
      return said.skills;
    case "ticket.followed_up":
      return said.followedUp;
    case "assistant.handed_over":
      return (staff ? m.assistant.over : m.assistant.overForClient)[event.reason];
    default:
      return worked(event, names);
  }
}

/** Why a status changed, where it was not just a person's will. */
export function causeOf(cause: Cause): string {
  if (cause === "reply") return m.changes.byReply;
  return cause === "quiet" ? m.changes.byQuiet : "";
}

function assignment(event: TicketAssigned, actor: ActorRef, names: NamesById): string {
  const said = m.changes;
  const moved = event.team_id !== event.before_team_id;
  const team = names.team(event.team_id) ?? m.people.anotherTeam;
  if (event.agent_id === event.before_agent_id) return said.moved(team);
  const what = given(event.agent_id, actor, names);
  return moved ? said.andMoved(what, team) : what;
}

function given(agent: Id | null, actor: ActorRef, names: NamesById): string {
  if (agent === null) return m.changes.unassigned;
  if (agent === actor.id) return m.changes.took;
  return m.changes.assigned(names.person(agent) ?? m.people.anAgent);
}

/** A date as the reader writes it, in the present language. */
export function date(at: number, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale(), options).format(at);
}

function units(
  value: number,
  unit: string,
  unitDisplay: "long" | "short" | "narrow",
  digits = 0,
): string {
  const exact = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const shown = digits === 0 ? Math.floor(value) : value;
  const options = { style: "unit", unit, unitDisplay, ...exact } as const;
  return new Intl.NumberFormat(language(), options).format(shown);
}
