// What the present user is here: the actor they act as, their teams, what they may.

import type { Api } from "./api.ts";
import type { User } from "./session.ts";
import { Value, type Watchable } from "./value.ts";
import type { ActorRef, Id, Permission, Scope } from "./wire.ts";

/** As messages and markers name a user, and how they did before contacts became one. */
export interface Self extends ActorRef {
  identities: readonly Id[];
}

export interface Me {
  user: User;
  actor: Self;
  teams: readonly { id: Id; name: string }[];
  permissions: Readonly<Partial<Record<Permission, Scope>>>;
}

export function actorOf(user: User): Self {
  const { staff, contact_id } = user;
  const id = staff ? user.id : (contact_id ?? user.id);
  // What an earlier release kept of a session does not say them.
  const identities = (user as Partial<User>).identities ?? [id];
  return { kind: staff ? "agent" : "client", id, identities };
}

/** Whether somebody is this user, by whatever name they went. */
export function isSelf({ kind, id }: ActorRef, me: Self): boolean {
  return kind === me.kind && me.identities.includes(id);
}

/** The loaded answer, or what went wrong; null while it is asked for. */
export type MeState = { me: Me; error: null } | { me: null; error: unknown };

export class Myself {
  readonly #api: Pick<Api, "get">;
  readonly #state = new Value<MeState>({ me: null, error: null });
  #load = 0;

  constructor(api: Pick<Api, "get">) {
    this.#api = api;
  }

  get state(): Watchable<MeState> {
    return this.#state;
  }

  async load(): Promise<void> {
    const load = ++this.#load;
    this.#state.set({ me: null, error: null });
    try {
      const answer = await this.#api.get<Omit<Me, "actor">>("/api/auth/me");
      if (load !== this.#load) return;
      this.#state.set({ me: { ...answer, actor: actorOf(answer.user) }, error: null });
    } catch (error) {
      if (load === this.#load) this.#state.set({ me: null, error });
    }
  }

  /** Asks again, as after a sign that teams or permissions changed; what is shown stays meanwhile. */
  async refresh(): Promise<void> {
    const known = this.#state.current.me;
    if (known === null) return; // It is being asked for, or the page offers to.
    const load = ++this.#load;
    try {
      const answer = await this.#api.get<Omit<Me, "actor">>("/api/auth/me");
      const me = { ...answer, actor: actorOf(answer.user) };
      if (load !== this.#load || JSON.stringify(me) === JSON.stringify(known)) return;
      this.#state.set({ me, error: null });
    } catch {
      // What was known holds; the next sign asks again.
    }
  }

  clear(): void {
    this.#load += 1;
    this.#state.set({ me: null, error: null });
  }
}
