// Several feed rooms followed as one.

import type { Rooms } from "./rooms.ts";
import { Value, type Stop, type Watchable } from "./value.ts";
import type { FeedView } from "./views.ts";

export class Feeds {
  readonly #rooms: Rooms;
  readonly #views = new Value<ReadonlyMap<string, FeedView>>(new Map());
  readonly #followed = new Map<string, Stop>();

  constructor(rooms: Rooms) {
    this.#rooms = rooms;
  }

  /** What each followed room shows, by its name; those still joining are left out. */
  get views(): Watchable<ReadonlyMap<string, FeedView>> {
    return this.#views;
  }

  /** Follows exactly these rooms. */
  follow(names: readonly string[]): void {
    for (const name of [...this.#followed.keys()]) if (!names.includes(name)) this.#drop(name);
    for (const name of names) if (!this.#followed.has(name)) this.#add(name);
  }

  close(): void {
    this.follow([]);
  }

  #add(name: string): void {
    const room = this.#rooms.enter<FeedView>(name);
    const stop = room.state.subscribe(({ view }) => this.#show(name, view));
    this.#followed.set(name, stop);
  }

  #drop(name: string): void {
    this.#followed.get(name)?.();
    this.#followed.delete(name);
    this.#rooms.exit(name);
    this.#show(name, null);
  }

  #show(name: string, view: FeedView | null): void {
    const views = new Map(this.#views.current);
    if (view) views.set(name, view);
    else views.delete(name);
    this.#views.set(views);
  }
}
