// Everybody of some teams as they are now: what was asked for once, and what their rooms told since.

import { mergeRows } from "../live/inbox.ts";
import { isActive, isQueued } from "../live/lifecycle.ts";
import type { FeedView, Item } from "../live/views.ts";
import type { Attendance, Id, Millis, Priority, Row } from "../live/wire.ts";
import { ORDER, type AgentInfo, type Availability } from "./agents.ts";

export interface Mate {
  id: Id;
  name: string;
  is: Availability;
  note: string;
  load: number;
  capacity: number;
  /** Null for who was put into a team since. */
  info: AgentInfo | null;
  /** What they carry, the most pressing first, as far as the rooms list it. */
  tickets: readonly Row[];
  /** How many they carry: as the server counted while their load was this, else as listed. */
  count: number;
}

export interface Queue {
  id: Id;
  name: string;
  /** Without an owner, oldest first, as far as the room lists them. */
  waiting: readonly Row[];
  count: number;
  /** How long who comes now is likely to wait; null where nobody can say. */
  expected: number | null;
  /** When the one came that waits longest; null where none does. */
  since: Millis | null;
  free: number;
  here: number;
}

const PRESSING: readonly Priority[] = ["urgent", "high", "medium", "low"];

export function crewOf(
  infos: readonly AgentInfo[],
  feeds: readonly FeedView[],
  nameOf: (id: Id) => string,
): Mate[] {
  const told = attendances(feeds);
  const rows = mergeRows(feeds).filter(({ status }) => isActive(status));
  const owned = Map.groupBy(rows, ({ owner_id }) => owner_id);
  const known = new Map(infos.map((info) => [info.id, info]));
  const ids = new Set([...known.keys(), ...told.keys()]);
  const mates = [...ids].flatMap((id): Mate[] => {
    const info = known.get(id) ?? null;
    const there = told.get(id)?.value;
    if (there === null || (there === undefined && info === null)) return [];
    const stands = there ? standing(there) : asAsked(info as AgentInfo);
    const tickets = [...(owned.get(id) ?? [])].sort(
      (one, other) =>
        PRESSING.indexOf(one.priority) - PRESSING.indexOf(other.priority) || one.at - other.at,
    );
    const counted = info?.load === stands.load ? info.tickets : 0;
    const count = Math.max(tickets.length, counted);
    return [{ id, name: info?.name ?? nameOf(id), info, tickets, count, ...stands }];
  });
  return mates.sort(
    (one, other) =>
      ORDER.indexOf(one.is.reason) - ORDER.indexOf(other.is.reason) ||
      fullness(one) - fullness(other) ||
      one.name.localeCompare(other.name),
  );
}

export function queueOf(
  team: { id: Id; name: string; member_ids: readonly Id[] },
  feed: FeedView,
  crew: readonly Mate[],
): Queue {
  const value = (name: string) => feed.counters.get(name)?.value ?? 0;
  const since = value("oldest_wait_at");
  const members = crew.filter(({ id }) => team.member_ids.includes(id));
  return {
    id: team.id,
    name: team.name,
    waiting: mergeRows([feed])
      .filter(isQueued)
      .sort((one, other) => one.opened_at - other.opened_at),
    count: value("tickets.unassigned"),
    expected: value(`queue.${team.id}.wait_ms`) || null,
    since: since === 0 ? null : since,
    free: members.filter(({ is }) => is.reason === "available").length,
    here: members.filter(({ is }) => isHere(is)).length,
  };
}

/** Whether somebody is at work: on shift and connected, busy or not. */
export function isHere({ reason }: Availability): boolean {
  return !["not_connected", "reachable", "off_shift", "on_leave", "inactive"].includes(reason);
}

export function fullness({ load, capacity }: Pick<Mate, "load" | "capacity">): number {
  return capacity > 0 ? load / capacity : Number(load > 0);
}

/** Of each agent the newest that any room told: each room counts by itself, the moment decides. */
function attendances(feeds: readonly FeedView[]): Map<Id, Item<Attendance | null>> {
  const newest = new Map<Id, Item<Attendance | null>>();
  for (const { agents } of feeds) {
    for (const [id, item] of agents) {
      const known = newest.get(id);
      if (!known?.value || (item.value && item.seq >= known.seq)) newest.set(id, item);
    }
  }
  return newest;
}

function standing(there: Attendance): Omit<Mate, "id" | "name" | "info" | "tickets" | "count"> {
  const { load, capacity, note = "", until = null, reason = "available" } = there;
  return { is: { reason, until }, note, load, capacity };
}

function asAsked({ availability, note, load, capacity }: AgentInfo) {
  return { is: availability, note, load, capacity };
}
