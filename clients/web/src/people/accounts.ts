// Accounts as an admin sees them: listed page by page, made, changed, closed, erased.

import type { Api } from "../live/api.ts";
import { Value, type Watchable } from "../live/value.ts";
import type { Id, Shift, SkillLevel } from "../live/wire.ts";

export interface Account {
  id: Id;
  version: number;
  name: string;
  email: string;
  role: string;
  active: boolean;
  capacity: number;
  skills: readonly SkillLevel[];
  zone: string;
  shifts: readonly Shift[];
  must_change_password: boolean;
}

export interface Role {
  name: string;
  title: string;
  staff: boolean;
}

export interface Skill {
  id: Id;
  name: string;
}

/** What may be written of an account. */
export interface Wanted {
  name: string;
  email: string;
  role: string;
  team_ids: readonly Id[];
  skills: readonly SkillLevel[];
  capacity: number;
  zone: string;
  shifts: readonly Shift[];
}

/** The password is there where one was made up: it is shown this once. */
export interface Changed {
  user: Account;
  temporary_password: string | null;
}

export interface AccountsState {
  known: readonly Account[];
  complete: boolean;
  busy: boolean;
  error: unknown;
}

const PAGE = 100;
const NOTHING: AccountsState = { known: [], complete: false, busy: false, error: null };

export class Accounts {
  readonly #api: Pick<Api, "get" | "post" | "put" | "delete">;
  readonly #state = new Value(NOTHING);
  #words = "";
  #next: Id | null = null;
  #asked = 0;

  constructor(api: Pick<Api, "get" | "post" | "put" | "delete">) {
    this.#api = api;
  }

  get state(): Watchable<AccountsState> {
    return this.#state;
  }

  /** Starts over with those that have these words in their name or address. */
  find(words: string): Promise<void> {
    this.#words = words;
    this.#next = null;
    this.#asked += 1;
    this.#state.set(NOTHING);
    return this.load();
  }

  /** The next page, unless there is none or it is on its way. */
  async load(): Promise<void> {
    const { busy, complete } = this.#state.current;
    if (busy || complete) return;
    const asked = this.#asked;
    this.#state.update((state) => ({ ...state, busy: true, error: null }));
    const query = new URLSearchParams({ q: this.#words, limit: String(PAGE) });
    if (this.#next !== null) query.set("after", this.#next);
    try {
      const page = await this.#api.get<{ items: Account[]; next: Id | null }>(
        `/api/users?${query}`,
      );
      if (asked !== this.#asked) return;
      this.#next = page.next;
      this.#state.update(({ known }) => ({
        known: [...known, ...page.items],
        complete: page.next === null,
        busy: false,
        error: null,
      }));
    } catch (error) {
      if (asked === this.#asked) {
        this.#state.update((state) => ({ ...state, busy: false, error }));
      }
    }
  }

  async create(wanted: Wanted): Promise<Changed> {
    const changed = await this.#api.post<Changed>("/api/users", wanted);
    this.#put(changed.user);
    return changed;
  }

  /** Changes the version that was looked at; raises Refusal `conflict` where there is a newer. */
  async change(
    { id, version }: Account,
    what: Partial<Wanted & { active: boolean; reset_password: boolean }>,
  ): Promise<Changed> {
    const changed = await this.#api.put<Changed>(`/api/users/${id}`, { version, ...what });
    this.#put(changed.user);
    return changed;
  }

  async erase(id: Id): Promise<void> {
    await this.#api.delete(`/api/users/${id}`);
    this.#state.update((state) => ({
      ...state,
      known: state.known.filter((account) => account.id !== id),
    }));
  }

  #put(account: Account): void {
    this.#state.update((state) => {
      const there = state.known.some(({ id }) => id === account.id);
      const known = there
        ? state.known.map((each) => (each.id === account.id ? account : each))
        : [account, ...state.known];
      return { ...state, known };
    });
  }
}
