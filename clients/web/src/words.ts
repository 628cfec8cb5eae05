// Words for what the wire names, and human times.

import { explain, Refusal } from "./live/refusal.ts";
import type { Filter } from "./live/inbox.ts";
import type { Delivery } from "./live/conversation.ts";
import type { ChangeEvent } from "./live/changes.ts";
import type { ActorRef, Cause, Id, Priority, Status, TicketAssigned } from "./live/wire.ts";

export const STATUS: Record<Status, string> = {
  open: "Open",
  in_progress: "In progress",
  pending: "Pending",
  resolved: "Resolved",
  closed: "Closed",
};

/** As the client reads it. */
export const STATUS_FOR_CLIENT: Record<Status, string> = {
  open: "Open",
  in_progress: "In progress",
  pending: "Waiting for you",
  resolved: "Solved",
  closed: "Closed",
};

export const PRIORITY: Record<Priority, string> = {
  low: "Low",
  medium: "Medium",
  high: "High",
  urgent: "Urgent",
};

export const FILTER: Record<Filter, string> = {
  active: "All active",
  mine: "Mine",
  unassigned: "Unassigned",
  ...STATUS,
};

export const DELIVERY: Record<Delivery, string> = {
  sending: "Sending…",
  sent: "Sent",
  delivered: "Delivered",
  read: "Read",
  refused: "Not sent",
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A moment as a distance: "now", "4 min", "3 h", "2 d", then the date. */
export function ago(at: number, now: number): string {
  const past = Math.max(0, now - at);
  if (past < MINUTE) return "now";
  if (past < HOUR) return `${Math.floor(past / MINUTE)} min`;
  if (past < DAY) return `${Math.floor(past / HOUR)} h`;
  if (past < 7 * DAY) return `${Math.floor(past / DAY)} d`;
  return new Date(at).toLocaleDateString(undefined, { day: "numeric", month: "short" });
}

export function exactly(at: number): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

export function timeOfDay(at: number): string {
  return new Date(at).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}

export function dayOf(at: number, now: number): string {
  const day = new Date(at).toDateString();
  if (day === new Date(now).toDateString()) return "Today";
  if (day === new Date(now - DAY).toDateString()) return "Yesterday";
  return new Date(at).toLocaleDateString(undefined, { dateStyle: "long" });
}

/** A duration that ticks: "0:42", "12:05", "3:07:10". */
export function ticking(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} kB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** Why a file did not go up. */
export function fileProblem(error: unknown): string {
  if (!(error instanceof Refusal) || error.code !== "too_large") return explain(error);
  const limit = error.fields["limit"];
  return typeof limit === "number" ? `Larger than ${size(limit)}.` : "Too large.";
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
  switch (event.type) {
    case "ticket.assigned":
      return assignment(event, actor, names);
    case "ticket.status_changed": {
      const word = (staff ? STATUS : STATUS_FOR_CLIENT)[event.status];
      return `set the status to “${word}”${CAUSE[event.cause]}${quoted(event.reason)}`;
    }
    case "ticket.priority_changed":
      return `set the priority to ${PRIORITY[event.priority]}`;
    case "ticket.renamed":
      return `renamed this to “${event.title}”`;
    case "ticket.category_changed": {
      if (event.category === null) return "removed the category";
      const name = names.category(event.category);
      return name === undefined ? "changed the category" : `set the category to “${name}”`;
    }
    case "ticket.due_changed":
      return event.due_at === null
        ? "removed the due date"
        : `made this due on ${exactly(event.due_at)}`;
    case "ticket.tags_changed":
      return event.tags.length === 0
        ? "removed all tags"
        : `set the tags to ${event.tags.join(", ")}`;
    case "ticket.fields_changed":
      return "changed the fields";
    case "ticket.skills_changed":
      return "changed the skills that this needs";
    case "ticket.followed_up":
      return "wrote again; it goes on in a new ticket.";
  }
}

const CAUSE: Record<Cause, string> = {
  person: "",
  reply: " by writing",
  quiet: ", as nobody wrote any more",
};

function assignment(event: TicketAssigned, actor: ActorRef, names: NamesById): string {
  const moved = event.team_id !== event.before_team_id;
  const team = names.team(event.team_id) ?? "another team";
  if (event.agent_id === event.before_agent_id) return `moved this to ${team}`;
  const whose = moved ? ` and moved it to ${team}` : "";
  if (event.agent_id === null) return `made this unassigned${whose}`;
  if (event.agent_id === actor.id) return `took this${whose}`;
  return `assigned this to ${names.person(event.agent_id) ?? "an agent"}${whose}`;
}

function quoted(reason: string | null): string {
  return reason ? `: “${reason}”` : "";
}
