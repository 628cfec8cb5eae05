// A value that can be watched. It keeps Svelte's store contract, so pages can write `$value`.

export type Stop = () => void;

export interface Watchable<T> {
  readonly current: T;
  /** Calls at once with the present value, then with each new one. */
  subscribe(run: (value: T) => void): Stop;
}

export class Value<T> implements Watchable<T> {
  #current: T;
  readonly #watchers = new Set<(value: T) => void>();

  constructor(initial: T) {
    this.#current = initial;
  }

  get current(): T {
    return this.#current;
  }

  set(next: T): void {
    if (Object.is(next, this.#current)) return;
    this.#current = next;
    for (const run of [...this.#watchers]) run(next);
  }

  update(change: (value: T) => T): void {
    this.set(change(this.#current));
  }

  subscribe(run: (value: T) => void): Stop {
    this.#watchers.add(run);
    run(this.#current);
    return () => this.#watchers.delete(run);
  }
}
