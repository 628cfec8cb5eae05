// Accounts as an admin sees them: listed page by page, made, changed, closed, erased.

import type { Api } from "../live/api.ts";
import { Refusal } from "../live/refusal.ts";
import { Pages, type PagesState } from "../live/pages.ts";
import type { Watchable } from "../live/value.ts";
import type { ActorRef, Id, Shift, SkillLevel } from "../live/wire.ts";
import type { ShiftException } from "../work/rota.ts";

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
  languages: readonly string[];
  exceptions: readonly ShiftException[];
  breaks: readonly Shift[];
  deputy_id: Id | null;
  must_change_password: boolean;
  /** Whom a client is known as. */
  contact_id: Id | null;
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

/** As everybody else sees them: their face is the same on every page. */
export function actorOf({ id, role, contact_id }: Account): ActorRef {
  return role === "client" ? { kind: "client", id: contact_id ?? id } : { kind: "agent", id };
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
  languages: readonly string[];
  breaks: readonly Shift[];
  /** Who stands in for them; a new one has nobody yet. */
  deputy_id?: Id | null;
}

/** The password is there where one was made up: it is shown this once. */
export interface Changed {
  user: Account;
  temporary_password: string | null;
}

/** One account; null where there is none any more. */
export async function readAccount(api: Pick<Api, "get">, id: Id): Promise<Account | null> {
  try {
    return await api.get<Account>(`/api/users/${id}`);
  } catch (problem) {
    if (problem instanceof Refusal && problem.code === "not_found") return null;
    throw problem;
  }
}

export class Accounts {
  readonly #api: Pick<Api, "get" | "post" | "put" | "delete">;
  readonly #pages: Pages<Account>;

  constructor(api: Pick<Api, "get" | "post" | "put" | "delete">) {
    this.#api = api;
    this.#pages = new Pages(api, "/api/users");
  }

  get state(): Watchable<PagesState<Account>> {
    return this.#pages.state;
  }

  /** Starts over with those that have these words in their name or address. */
  find(words: string): Promise<void> {
    return this.#pages.choose(new URLSearchParams({ q: words }).toString());
  }

  /** The next page, unless there is none or it is on its way. */
  load(): Promise<void> {
    return this.#pages.load();
  }

  /** Takes in one account as somebody else left it; one that is not among these only with `more`. */
  async follow(id: Id, more: boolean): Promise<void> {
    const known = this.#pages.state.current.known.some((each) => each.id === id);
    if (!more && !known) return;
    const account = await readAccount(this.#api, id);
    if (account) this.#put(account);
    else this.#drop(id);
  }

  /** Takes in all anew, as after a break. */
  again(): Promise<void> {
    return this.#pages.again();
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
    this.#drop(id);
  }

  #drop(id: Id): void {
    this.#pages.amend((known) => known.filter((account) => account.id !== id));
  }

  #put(account: Account): void {
    this.#pages.amend((known) => {
      const there = known.some(({ id }) => id === account.id);
      if (!there) return [account, ...known];
      return known.map((each) => (each.id === account.id ? account : each));
    });
  }
}
