// Plain documents of one kind: listed, read, made, changed at the version one saw, deleted.

import type { Api } from "./api.ts";
import { Value, type Watchable } from "./value.ts";
import type { Id } from "./wire.ts";

export interface Versioned {
  id: Id;
  version: number;
}

export type Doors = Pick<Api, "read" | "all" | "post" | "put" | "delete">;

export class Documents<Kept extends Versioned, Written extends object> {
  /** What the server calls one of them, such as `category`. */
  readonly kind: string;
  protected readonly api: Doors;
  readonly #path: string;
  readonly #all = new Value<readonly Kept[] | null>(null);

  /** `path` is where the API has them, such as `/api/articles`. */
  constructor(api: Doors, path: string, kind: string) {
    this.kind = kind;
    this.api = api;
    this.#path = path;
  }

  /** All that this user may read, as they were last asked for; null before. */
  get all(): Watchable<readonly Kept[] | null> {
    return this.#all;
  }

  async load(): Promise<void> {
    this.#all.set(await this.api.all<Kept>(this.#path));
  }

  async read(id: Id): Promise<Kept> {
    return this.#note(await this.api.read<Kept>(`${this.#path}/${id}`));
  }

  async create(written: Written): Promise<Kept> {
    return this.#note(await this.api.post<Kept>(this.#path, written));
  }

  /** Changes the version that its writer saw; raises Refusal `conflict` where there is a newer. */
  async update(id: Id, version: number, written: Written): Promise<Kept> {
    return this.change(id, version, written);
  }

  protected async change(id: Id, version: number, fields: object): Promise<Kept> {
    return this.#note(await this.api.put<Kept>(`${this.#path}/${id}`, { version, ...fields }));
  }

  async remove(id: Id): Promise<void> {
    await this.api.delete(`${this.#path}/${id}`);
    this.#all.update((all) => all && all.filter((each) => each.id !== id));
  }

  clear(): void {
    this.#all.set(null);
  }

  #note(kept: Kept): Kept {
    this.#all.update((all) => all && [kept, ...all.filter(({ id }) => id !== kept.id)]);
    return kept;
  }
}
