// What one is offered: tickets that hold capacity of one's own and belong to nobody yet.

import { rooms } from "../desk.ts";
import { Value, type Stop, type Watchable } from "../live/value.ts";
import type { FeedView, TicketView } from "../live/views.ts";
import { deskRules } from "../live/views_desk.ts";
import type { Agent, Id } from "../live/wire.ts";
import { candidatesOf, offeredIn, type Offered } from "./offering.ts";

export class Offers {
  readonly #me: Id;
  readonly #all = new Value<readonly Offered[]>([]);
  readonly #looked = new Map<Id, Stop>();
  readonly #known = new Map<Id, Offered>();
  readonly #agent = new Value<Agent | null>(null);
  #own: FeedView | null = null;

  constructor(me: Id) {
    this.#me = me;
  }

  /** The first to end first. */
  get all(): Watchable<readonly Offered[]> {
    return this.#all;
  }

  /** How oneself is, by one's own room. */
  get agent(): Watchable<Agent | null> {
    return this.#agent;
  }

  follow(): Stop {
    const stops = [
      enter<Agent>(`agent:${this.#me}`, (view) => this.#agent.set(view)),
      enter<FeedView>(`user:${this.#me}`, (view) => (this.#own = view)),
    ].map((begin) => begin(() => this.#look()));
    return () => {
      for (const stop of [...stops, ...this.#looked.values()]) stop();
      this.#looked.clear();
    };
  }

  #look(): void {
    const wanted = candidatesOf(this.#agent.current, this.#own);
    for (const [id, stop] of this.#looked) {
      if (wanted.includes(id)) continue;
      stop();
      this.#looked.delete(id);
      this.#tell(id, null);
    }
    for (const id of wanted) {
      if (this.#looked.has(id)) continue;
      const begin = enter<TicketView>(`ticket:${id}:staff`, (view) =>
        this.#tell(id, view && offeredIn(view.ticket, this.#me)),
      );
      this.#looked.set(id, begin());
    }
  }

  #tell(id: Id, offered: Offered | null): void {
    const before = this.#known.get(id);
    if (before?.seq === offered?.seq && before?.ticket === offered?.ticket) return;
    if (offered) this.#known.set(id, offered);
    else this.#known.delete(id);
    this.#all.set([...this.#known.values()].sort((one, other) => one.until - other.until));
  }
}

/** Enters a room when it is begun, and leaves it when that is stopped. */
function enter<View>(name: string, take: (view: View | null) => void) {
  return (then: () => void = () => undefined): Stop => {
    const stop = rooms.enter<View>(name, deskRules).state.subscribe(({ view }) => {
      take(view);
      then();
    });
    return () => {
      stop();
      rooms.exit(name);
    };
  };
}
