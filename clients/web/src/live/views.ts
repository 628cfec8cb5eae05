// What each kind of room shows, and how its envelopes change that.

import { changesIn, type Change } from "./changes.ts";
import { evolve, evolveMessages } from "./evolve.ts";
import { foldAgent } from "./evolve_agent.ts";
import type {
  Agent,
  AgentEvent,
  AgentSnapshot,
  Attendance,
  Envelope,
  FeedEvent,
  FeedSnapshot,
  Id,
  Marker,
  Message,
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

export const ticketRules: Rules<TicketView> = {
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
};

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

export const agentRules: Rules<Agent> = {
  start: (snapshot) => (snapshot as AgentSnapshot).agent,
  fold: (agent, envelope) => foldAgent(agent, eventsOf<AgentEvent>(envelope), envelope),
};

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
}

export const feedRules: Rules<FeedView> = {
  start(snapshot) {
    const { rows, counters, agents } = snapshot as FeedSnapshot;
    return {
      rows: new Map(rows.map(({ ticket_id, seq, row }) => [ticket_id, { seq, value: row }])),
      counters: new Map(counters.map(({ name, seq, value }) => [name, { seq, value }])),
      agents: new Map(agents.map(({ agent_id, seq, agent }) => [agent_id, { seq, value: agent }])),
    };
  },
  fold(view, envelope) {
    let { rows, counters, agents } = view;
    for (const event of eventsOf<FeedEvent>(envelope)) {
      const { seq } = event;
      if (event.type === "feed.row") {
        rows = put(rows, view.rows, event.ticket_id, { seq, value: event.row });
      } else if (event.type === "feed.counter") {
        counters = put(counters, view.counters, event.name, { seq, value: event.value });
      } else if (event.type === "feed.agent") {
        agents = put(agents, view.agents, event.agent_id, { seq, value: event.agent });
      }
    }
    return { rows, counters, agents };
  },
};

/** The events as those that are known; folding passes over all others. */
function eventsOf<Event>(envelope: Envelope): readonly Event[] {
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

/** The rules by which a room's name says it is read. */
export function rulesOf(room: string): Rules<unknown> {
  const kind = room.split(":", 1)[0];
  if (kind === "ticket") return ticketRules as Rules<unknown>;
  if (kind === "agent") return agentRules as Rules<unknown>;
  return feedRules as Rules<unknown>;
}
