// What each kind of room shows, and how its envelopes change that.

import type { Change } from "./changes.ts";
import { evolveHeader, evolveMessages } from "./evolve.ts";
import type {
  Attendance,
  Envelope,
  FeedEvent,
  FeedSnapshot,
  Id,
  Marker,
  Message,
  Meta,
  NoticeShown,
  Person,
  Row,
  Ticket,
  TicketEvent,
  TicketSnapshot,
} from "./wire.ts";

/** How a room's view begins and goes on. Views are never changed in place. */
export interface Rules<View> {
  start(snapshot: unknown): View;
  fold(view: View, envelope: Envelope): View;
}

/** The rules by which a room's name says it is read. */
export type RulesOf = (room: string) => Rules<unknown>;

export interface TicketView {
  ticket: Ticket;
  /** Oldest first; older ones than the first may exist (`hasEarlier`). */
  messages: readonly Message[];
  hasEarlier: boolean;
  markers: Readonly<Record<string, Marker>>;
  people: Readonly<Record<Id, Person>>;
  /** Oldest first; those of commits up to `changesFrom` are not known here. */
  changes: readonly Change[];
  changesFrom: number;
}

/** The rules of tickets, by how one goes on after an event and which lines a commit adds. */
export const ticketRules = (
  evolve: (ticket: Ticket, event: TicketEvent, meta: Meta) => Ticket,
  changesIn: (envelope: Envelope) => readonly Change[],
): Rules<TicketView> => ({
  start(snapshot) {
    const { ticket, messages, has_earlier, markers, people } = snapshot as TicketSnapshot;
    const view: TicketView = {
      ticket,
      messages,
      hasEarlier: has_earlier,
      markers: {},
      people,
      changes: [],
      changesFrom: ticket.seq,
    };
    return withMarkers(view, markers ?? []);
  },
  fold(view, envelope) {
    let { ticket, messages } = view;
    for (const event of eventsOf<TicketEvent>(envelope)) {
      messages = evolveMessages(messages, event, envelope, ticket.id);
      ticket = evolve(ticket, event, envelope);
    }
    const changes = ticket.deleted ? [] : [...view.changes, ...changesIn(envelope)];
    return { ...view, ticket: { ...ticket, seq: envelope.seq }, messages, changes };
  },
});

/** Markers only move up; they come with a join's answer, and one by one as they move. */
export function withMarkers(view: TicketView, told: readonly Marker[]): TicketView {
  const markers = { ...view.markers };
  for (const { person, kind, delivered, read } of told) {
    const known = markers[person];
    markers[person] = {
      person,
      kind,
      delivered: Math.max(known?.delivered ?? 0, delivered),
      read: Math.max(known?.read ?? 0, read),
    };
  }
  return { ...view, markers };
}

export interface Item<T> {
  seq: number;
  value: T;
}

/** Items are absolute; the seq of each is kept, of removed rows too, and an older one is dropped. */
export interface FeedView {
  rows: ReadonlyMap<Id, Item<Row | null>>;
  counters: ReadonlyMap<string, Item<number>>;
  /** How staff are there, by agent; null is who does not count any more. */
  agents: ReadonlyMap<Id, Item<Attendance | null>>;
  /** What one was told, by the id of the notice; null is what was taken back. */
  notices: ReadonlyMap<string, Item<NoticeShown | null>>;
}

export const feedRules: Rules<FeedView> = {
  start(snapshot) {
    const { rows, counters, agents, notices } = snapshot as FeedSnapshot;
    return {
      rows: new Map(rows.map(({ ticket_id, seq, row }) => [ticket_id, { seq, value: row }])),
      counters: new Map(counters.map(({ name, seq, value }) => [name, { seq, value }])),
      agents: new Map(agents.map(({ agent_id, seq, agent }) => [agent_id, { seq, value: agent }])),
      // A node of an older release tells nobody of anything.
      notices: new Map((notices ?? []).map(({ id, seq, notice }) => [id, { seq, value: notice }])),
    };
  },
  fold(view, envelope) {
    let { rows, counters, agents, notices } = view;
    for (const event of eventsOf<FeedEvent>(envelope)) {
      const { seq } = event;
      if (event.type === "feed.row") {
        rows = put(rows, view.rows, event.ticket_id, { seq, value: event.row });
      } else if (event.type === "feed.counter") {
        counters = put(counters, view.counters, event.name, { seq, value: event.value });
      } else if (event.type === "feed.agent") {
        agents = put(agents, view.agents, event.agent_id, { seq, value: event.agent });
      } else if (event.type === "feed.notice") {
        notices = put(notices, view.notices, event.id, { seq, value: event.notice });
      }
    }
    return { rows, counters, agents, notices };
  },
};

/** The events as those that are known; folding passes over all others. */
export function eventsOf<Event>(envelope: Envelope): readonly Event[] {
  return envelope.events as readonly unknown[] as readonly Event[];
}

/** The items with this one, unless it is old: copied once, and only where something changes. */
function put<T>(
  items: ReadonlyMap<string, Item<T>>,
  before: ReadonlyMap<string, Item<T>>,
  key: string,
  item: Item<T>,
): ReadonlyMap<string, Item<T>> {
  const present = items.get(key);
  if (present && present.seq > item.seq) return items;
  const changed = items === before ? new Map(before) : (items as Map<string, Item<T>>);
  return changed.set(key, item);
}

const rulesOfTickets = ticketRules(evolveHeader, () => []);

/** The rules by which a room's name says it is read: for visitors, who see messages only. */
export function visitorRules(room: string): Rules<unknown> {
  return (room.startsWith("ticket:") ? rulesOfTickets : feedRules) as Rules<unknown>;
}
