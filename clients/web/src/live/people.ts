// Names of people by their ids, asked for in batches and kept while the page lives.

import type { Api } from "./api.ts";
import { Value, type Watchable } from "./value.ts";
import type { Id, Person } from "./wire.ts";

const BATCH_AFTER = 30;
const BATCH = 100;

export type Names = ReadonlyMap<Id, Person>;

export class People {
  readonly #api: Pick<Api, "get">;
  readonly #known = new Value<Names>(new Map());
  readonly #asked = new Set<Id>();
  #wanted = new Set<Id>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Pick<Api, "get">) {
    this.#api = api;
  }

  get known(): Watchable<Names> {
    return this.#known;
  }

  /** Takes names that came along with something else. */
  learn(people: Readonly<Record<Id, Person>>): void {
    const fresh = Object.entries(people);
    if (fresh.length > 0) this.#known.update((known) => new Map([...known, ...fresh]));
  }

  /** Makes sure that these people will be known; who cannot be known is asked for once. */
  need(ids: Iterable<Id | null | undefined>): void {
    for (const id of ids) {
      if (!id || this.#known.current.has(id) || this.#asked.has(id)) continue;
      this.#wanted.add(id);
      if (this.#timer === undefined) {
        this.#timer = setTimeout(() => void this.#ask(), BATCH_AFTER);
      }
    }
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wanted.clear();
    this.#asked.clear();
    this.#known.set(new Map());
  }

  async #ask(): Promise<void> {
    this.#timer = undefined;
    const ids = [...this.#wanted].filter((id) => !this.#known.current.has(id)); // Some came along.
    this.#wanted = new Set();
    for (let at = 0; at < ids.length; at += BATCH) {
      const batch = ids.slice(at, at + BATCH);
      for (const id of batch) this.#asked.add(id);
      try {
        const answer = await this.#api.get<{ people: Record<Id, Person> }>(
          `/api/people?ids=${batch.join(",")}`,
        );
        this.learn(answer.people);
      } catch {
        for (const id of batch) this.#asked.delete(id); // Asked again when they are shown again.
      }
    }
  }
}
