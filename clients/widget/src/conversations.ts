// The visitor's conversations: a list, and the newest of them live, so that what is new is known.

import { missedSince } from "../../web/src/live/conversation.ts";
import { mergeRows } from "../../web/src/live/inbox.ts";
import { isSelf, type Self } from "../../web/src/live/me.ts";
import type { Room } from "../../web/src/live/room.ts";
import { Value, type Stop, type Watchable } from "../../web/src/live/value.ts";
import type { FeedView, TicketView } from "../../web/src/live/views.ts";
import type { Id, Message, Row } from "../../web/src/live/wire.ts";
import type { Visit } from "./visit.ts";

const LIVE_MOST = 5;

/** Where a conversation stands in its queue; `wait` in milliseconds, 0 where nobody can say. */
export interface Place {
  place: number;
  wait: number;
}

interface Followed {
  room: Room<TicketView>;
  stop: Stop;
}

export class Conversations {
  readonly #visit: Visit;
  /** Null until they are known. */
  readonly #rows = new Value<readonly Row[] | null>(null);
  readonly #unread = new Value<ReadonlyMap<Id, number>>(new Map());
  readonly #places = new Value<ReadonlyMap<Id, Place>>(new Map());
  readonly #rooms = new Map<Id, Followed>();
  readonly #news: (message: Message) => void;
  #feed: { name: string; stop: Stop } | null = null;
  #heard = new Map<Id, number>();

  /** `news` hears of each message of somebody else as it arrives. */
  constructor(visit: Visit, news: (message: Message) => void) {
    this.#visit = visit;
    this.#news = news;
    visit.session.standing.subscribe(({ status }) => {
      if (status !== "in") return this.#close();
      this.#follow();
      this.count();
    });
  }

  get rows(): Watchable<readonly Row[] | null> {
    return this.#rows;
  }

  /** How many messages of others each conversation has that were not read. */
  get unread(): Watchable<ReadonlyMap<Id, number>> {
    return this.#unread;
  }

  /** Of the conversations that wait for somebody to take them. */
  get places(): Watchable<ReadonlyMap<Id, Place>> {
    return this.#places;
  }

  /** Counts anew, as after something was read. */
  count(): void {
    const me = this.#visit.me;
    const counts = new Map<Id, number>();
    for (const [id, { room }] of this.#rooms) {
      const { view } = room.state.current;
      const number = view && me ? unreadIn(view, me, this.#visit.marks.readUpTo(id)) : 0;
      if (number > 0) counts.set(id, number);
    }
    this.#unread.set(counts);
  }

  #follow(): void {
    const me = this.#visit.me;
    const name = `user:${me?.id}`;
    if (this.#feed?.name === name) return;
    this.#close();
    const feed = this.#visit.rooms.enter<FeedView>(name);
    this.#feed = { name, stop: () => undefined };
    this.#feed.stop = feed.state.subscribe(({ view }) => {
      if (!view) return;
      const rows = mergeRows([view]);
      this.#rows.set(rows);
      this.#places.set(placesIn(view));
      this.#listen(rows.slice(0, LIVE_MOST).map(({ id }) => id));
    });
  }

  #close(): void {
    this.#listen([]);
    this.#feed?.stop();
    if (this.#feed) this.#visit.rooms.exit(this.#feed.name);
    this.#feed = null;
    this.#rows.set(null);
  }

  #listen(ids: readonly Id[]): void {
    for (const [id, { stop }] of this.#rooms) {
      if (ids.includes(id)) continue;
      this.#rooms.delete(id);
      stop();
      this.#visit.rooms.exit(`ticket:${id}`);
    }
    for (const id of ids) {
      if (this.#rooms.has(id)) continue;
      const room = this.#visit.rooms.enter<TicketView>(`ticket:${id}`);
      const followed: Followed = { room, stop: () => undefined };
      this.#rooms.set(id, followed);
      followed.stop = room.state.subscribe(({ view }) => this.#hear(id, view));
    }
    this.count();
  }

  #hear(id: Id, view: TicketView | null): void {
    if (!view) return;
    this.#visit.people.learn(view.people);
    this.#visit.marks.reach(id, { delivered: view.ticket.seq });
    const before = this.#heard.get(id);
    this.#heard.set(id, view.ticket.seq);
    const me = this.#visit.me;
    if (before !== undefined && me) {
      for (const message of view.messages) {
        if (message.seq > before && !isSelf(message.author, me)) this.#news(message);
      }
    }
    this.count();
  }
}

function placesIn({ counters }: FeedView): ReadonlyMap<Id, Place> {
  const places = new Map<Id, Place>();
  for (const [name, { value: place }] of counters) {
    const [kind, what, id] = name.split(".");
    if (kind !== "queue" || what !== "position" || !id || place === 0) continue;
    places.set(id, { place, wait: counters.get(`queue.wait_ms.${id}`)?.value ?? 0 });
  }
  return places;
}

/** The messages of others beyond what was read here or on another machine. */
export function unreadIn(view: TicketView, me: Self, readHere: number): number {
  const told = me.identities.map((id) => view.markers[id]?.read ?? 0);
  return missedSince(view, Math.max(readHere, ...told), me).length;
}
