// Which tickets the inbox shows and in which order: as an address says it, as the server is asked.

import { isActive, isQueued } from "./lifecycle.ts";
import { perilOf } from "./sla.ts";
import type { Channel, Id, Priority, Row, Status } from "./wire.ts";

export const VIEWS = [
  "active",
  "mine",
  "unassigned",
  "at_risk",
  "breached",
  "due_today",
  "overdue",
  "snoozed",
] as const;
export const STATUSES = ["open", "in_progress", "pending", "resolved", "closed"] as const;
export const PRIORITIES = ["low", "medium", "high", "urgent"] as const;
export const CHANNELS = ["portal", "widget", "mail", "phone", "api"] as const;
export const ORDERS = ["newest", "waiting", "priority", "due"] as const;

export type View = (typeof VIEWS)[number] | Status;
export type Order = (typeof ORDERS)[number];

/** What is asked for; an empty part lets everything through. */
export interface Question {
  view: View;
  team: Id;
  inbox: Id;
  priority: Priority | "";
  category: Id;
  tag: string;
  owner: Id;
  channel: Channel | "";
  words: string;
  order: Order;
}

/** The parts that narrow a view down, and that one may take away again. */
export const NARROWING = ["priority", "category", "tag", "owner", "channel"] as const;

const ACTIVE = "open,in_progress,pending";
const DAY = 24 * 3_600_000;
const SORTS: Record<Order, string> = {
  newest: "-updated",
  waiting: "updated",
  priority: "-priority",
  due: "due",
};

/** Reads an address; what it does not know stays as it is without it. */
export function questionIn(query: URLSearchParams): Question {
  const one = <T extends string, E extends string>(name: string, of: readonly T[], or: E): T | E =>
    of.find((each) => each === query.get(name)) ?? or;
  const text = (name: string) => query.get(name) ?? "";
  return {
    view: one("view", [...VIEWS, ...STATUSES], "active"),
    team: text("team"),
    inbox: text("inbox"),
    priority: one("priority", PRIORITIES, ""),
    category: text("category"),
    tag: text("tag"),
    owner: text("owner"),
    channel: one("channel", CHANNELS, ""),
    words: text("q").slice(0, 200),
    order: one("sort", ORDERS, "newest"),
  };
}

/** The address's part after `?` that asks this. */
export function addressOf({ words, order, ...question }: Question): string {
  const parts = { ...question, q: words, sort: order === "newest" ? "" : order };
  const said = Object.entries(parts).filter(([, value]) => value !== "");
  return new URLSearchParams(said).toString();
}

/** How the server is asked for it. */
export function queryOf(question: Question, now: number): string {
  const { view, words, order } = question;
  const wanted: Record<string, string> = {
    ...viewQuery(view, now),
    team_id: question.team,
    inbox_id: question.inbox,
    priority: question.priority,
    category: question.category,
    tag: question.tag,
    channel: question.channel,
    q: words,
    sort: SORTS[order],
  };
  if (question.owner !== "") wanted["owner_id"] = question.owner;
  return new URLSearchParams(Object.entries(wanted).filter(([, value]) => value !== "")).toString();
}

function viewQuery(view: View, now: number): Record<string, string> {
  switch (view) {
    case "active":
      return { status: ACTIVE };
    case "mine":
      return { status: ACTIVE, owner_id: "me" };
    case "unassigned":
      return { queued: "true" };
    case "at_risk":
    case "breached":
      return { status: ACTIVE, sla: view, snoozed: "any" };
    case "due_today":
      return {
        status: ACTIVE,
        snoozed: "any",
        due_from: `${now}`,
        due_before: `${midnightAfter(now)}`,
      };
    case "overdue":
      return { status: ACTIVE, snoozed: "any", due_before: `${now}` };
    case "snoozed":
      return { status: ACTIVE, snoozed: "only" };
    default:
      return { status: view };
  }
}

/** The counters' day is UTC's, and so is this one. */
function midnightAfter(now: number): number {
  return now - (now % DAY) + DAY;
}

/** Whether a row is among what is asked for, as the server would say. */
export function passes(row: Row, question: Question, me: Id, now: number): boolean {
  return (
    inView(row, question.view, me, now) &&
    (isSnoozed(row) ? showsSnoozed(question) : true) &&
    fits(question.team, row.team_id) &&
    fits(question.inbox, row.inbox_id) &&
    fits(question.priority, row.priority) &&
    fits(question.category, row.category) &&
    fits(question.owner, row.owner_id) &&
    fits(question.channel, row.channel) &&
    (question.tag === "" || (row.tags ?? []).includes(question.tag)) &&
    says(row, question.words)
  );
}

function fits(wanted: string, value: string | null): boolean {
  return wanted === "" || wanted === value;
}

function inView(row: Row, view: View, me: Id, now: number): boolean {
  if (!VIEWS.some((each) => each === view)) return row.status === view;
  if (!isActive(row.status)) return false;
  const due = row.due_at ?? Infinity;
  switch (view) {
    case "mine":
      return row.owner_id === me;
    case "unassigned":
      return isQueued(row);
    case "at_risk":
    case "breached":
      return perilOf(row.sla) === view;
    case "due_today":
      return due >= now && due < midnightAfter(now);
    case "overdue":
      return due < now;
    case "snoozed":
      return isSnoozed(row);
    default:
      return true;
  }
}

function isSnoozed({ snoozed_until }: Row): boolean {
  return (snoozed_until ?? null) !== null;
}

/** Whether what is snoozed is in a list: where it is looked for, or late all the same. */
function showsSnoozed({ view, words }: Question): boolean {
  if (words.trim() !== "") return true;
  return ["snoozed", "at_risk", "breached", "due_today", "overdue"].includes(view);
}

function says(row: Row, words: string): boolean {
  const wanted = words.trim().toLowerCase();
  if (wanted === "" || row.title.toLowerCase().includes(wanted)) return true;
  return /^#?\d{1,12}$/.test(wanted) && Number(wanted.replace("#", "")) === row.number;
}

const RANKS: Record<Priority, number> = { low: 0, medium: 1, high: 2, urgent: 3 };

/** Orders rows as the server sorts tickets: of equal ones the ids decide, in the same direction. */
export function comparing(order: Order): (one: Row, other: Row) => number {
  const upwards = order === "waiting" || order === "due";
  const key = (row: Row): number => {
    if (order === "priority") return RANKS[row.priority];
    if (order === "due") return row.due_at ?? Number.MAX_SAFE_INTEGER;
    return row.at;
  };
  const ascending = (one: Row, other: Row): number =>
    key(one) - key(other) || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);
  return upwards ? ascending : (one, other) => ascending(other, one);
}
