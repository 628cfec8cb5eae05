// The short lists that forms choose from: teams with their members, categories,
// inboxes, skills.

import type { Api } from "./api.ts";
import { Value, type Watchable } from "./value.ts";
import type { Id } from "./wire.ts";

export type Routing = "manual" | "assign" | "offer";

export interface Team {
  id: Id;
  name: string;
  member_ids: readonly Id[];
  version?: number;
  routing?: Routing;
  /** How long somebody has to accept what they are offered. */
  offer_seconds?: number;
}

export interface Category {
  id: Id;
  name: string;
}

export interface Inbox {
  id: Id;
  name: string;
}

export interface Skill {
  id: Id;
  name: string;
}

export class Directory {
  readonly #api: Pick<Api, "all">;
  readonly #teams = new Value<readonly Team[]>([]);
  readonly #categories = new Value<readonly Category[]>([]);
  readonly #inboxes = new Value<readonly Inbox[]>([]);
  readonly #skills = new Value<readonly Skill[]>([]);

  constructor(api: Pick<Api, "all">) {
    this.#api = api;
  }

  get teams(): Watchable<readonly Team[]> {
    return this.#teams;
  }

  get categories(): Watchable<readonly Category[]> {
    return this.#categories;
  }

  get inboxes(): Watchable<readonly Inbox[]> {
    return this.#inboxes;
  }

  get skills(): Watchable<readonly Skill[]> {
    return this.#skills;
  }

  async loadTeams(): Promise<void> {
    this.#teams.set(byName(await this.#api.all<Team>("/api/teams")));
  }

  async loadCategories(): Promise<void> {
    this.#categories.set(byName(await this.#api.all<Category>("/api/categories")));
  }

  async loadInboxes(): Promise<void> {
    this.#inboxes.set(byName(await this.#api.all<Inbox>("/api/inboxes")));
  }

  async loadSkills(): Promise<void> {
    this.#skills.set(byName(await this.#api.all<Skill>("/api/skills")));
  }

  clear(): void {
    this.#skills.set([]);
    this.#teams.set([]);
    this.#categories.set([]);
    this.#inboxes.set([]);
  }
}

function byName<T extends { name: string }>(items: readonly T[]): T[] {
  return [...items].sort((one, other) => one.name.localeCompare(other.name));
}
