// The server's time, ticking.

import { Value, type Watchable } from "./value.ts";

export class Clock {
  readonly #read: () => number;
  readonly #now: Value<number>;

  constructor(read: () => number, every: number) {
    this.#read = read;
    this.#now = new Value(read());
    setInterval(() => this.tick(), every);
  }

  /** Reads the time between two ticks. */
  tick(): void {
    this.#now.set(this.#read());
  }

  get now(): Watchable<number> {
    return this.#now;
  }
}
