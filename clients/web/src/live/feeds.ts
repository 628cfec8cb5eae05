// Several feed rooms followed as one, at a pace that a page can follow.

import type { Rooms } from "./rooms.ts";
import { Value, type Stop, type Watchable } from "./value.ts";
import type { FeedView } from "./views.ts";

/** What changes once is shown at once; what goes on changing, so often: in milliseconds. */
const PACE = 100;

export class Feeds {
  readonly #rooms: Rooms;
  readonly #views = new Value<ReadonlyMap<string, FeedView>>(new Map());
  readonly #followed = new Map<string, Stop>();
  readonly #latest = new Map<string, FeedView>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #told = false;

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
    clearTimeout(this.#timer);
  }

  #add(name: string): void {
    const room = this.#rooms.enter<FeedView>(name);
    const stop = room.state.subscribe(({ view }) => this.#heard(name, view));
    this.#followed.set(name, stop);
  }

  #drop(name: string): void {
    this.#followed.get(name)?.();
    this.#followed.delete(name);
    this.#rooms.exit(name);
    this.#heard(name, null);
  }

  #heard(name: string, view: FeedView | null): void {
    if (view) this.#latest.set(name, view);
    else if (!this.#latest.delete(name)) return;
    this.#told = false;
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#rest(), PACE);
    queueMicrotask(() => this.#tell()); // With what else came in the same breath.
  }

  #rest(): void {
    this.#timer = undefined;
    if (this.#told) return;
    this.#timer = setTimeout(() => this.#rest(), PACE);
    this.#tell();
  }

  #tell(): void {
    this.#told = true;
    this.#views.set(new Map(this.#latest));
  }
}
