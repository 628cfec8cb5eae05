// Who is logged in here: tokens that renew themselves, shared between tabs or kept to one.

import { Refusal, Unanswered } from "./refusal.ts";
import { Value, type Watchable } from "./value.ts";
import type { WireError } from "./wire.ts";

export interface User {
  id: string;
  name: string;
  email: string | null;
  role: string;
  staff: boolean;
  contact_id: string | null;
  identities: readonly string[];
  must_change_password: boolean;
}

/** What log-in, sign-up and renewal answer with. */
export interface Grant {
  access_token: string;
  /** A guest has none: their one token is good for weeks, and then they come in anew. */
  refresh_token: string | null;
  user: User;
}

/** `expired`: the user is still known and their page stays, but they must log in again. */
export type Standing =
  { status: "out" } | { status: "in"; user: User } | { status: "expired"; user: User };

/** How a browser looks from here; tests bring their own. */
export interface Surroundings {
  shared: Storage;
  tab: Storage;
  /** A session of its own within the tab, as frames of one page have; null shares the tab's. */
  tabKey: string | null;
  fetch: typeof fetch;
  now: () => number;
  /** Runs one at a time among all tabs of this browser. */
  exclusively: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** Calls when another tab or frame changed a storage; the key is null when it was emptied. */
  onShared: (run: (key: string | null) => void) => void;
}

interface Kept extends Grant {
  /** By this machine's clock, in milliseconds. */
  granted_at: number;
  lifetime: number;
}

const KEY = "deskwire.session";
const RENEW_AT = 0.75; // Of an access token's life, so that a slow renewal is still in time.

export class Session {
  readonly #around: Surroundings;
  readonly #key: string;
  readonly #standing: Value<Standing>;
  readonly #grants = new Value(0);
  #renewing: Promise<string> | null = null;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#key = around.tabKey === null ? KEY : `${KEY}.${around.tabKey}`;
    const kept = this.#read();
    this.#standing = new Value<Standing>(
      kept ? { status: "in", user: kept.user } : { status: "out" },
    );
    around.onShared((key) => {
      const mine = key === this.#key || key === null;
      if (mine && (this.isApart || !this.isTabOnly)) this.#adopt();
    });
  }

  get standing(): Watchable<Standing> {
    return this.#standing;
  }

  /** How often tokens were granted here or in another tab: with each, access may have changed. */
  get grants(): Watchable<number> {
    return this.#grants;
  }

  get user(): User | null {
    const standing = this.#standing.current;
    return standing.status === "out" ? null : standing.user;
  }

  /** When the access token should be renewed, in milliseconds of this machine's clock. */
  get renewAt(): number {
    const kept = this.#read();
    if (!kept) return 0;
    return kept.granted_at + kept.lifetime * (kept.refresh_token === null ? 1 : RENEW_AT);
  }

  async logIn(email: string, password: string, tabOnly: boolean): Promise<User> {
    return this.enter(await this.#post<Grant>("login", { email, password }), tabOnly);
  }

  async signUp(name: string, email: string, password: string): Promise<User> {
    return this.enter(await this.#post<Grant>("signup", { name, email, password }), false);
  }

  /** Makes the first admin with the token of the set-up link. */
  async setUp(token: string, name: string, email: string, password: string): Promise<User> {
    return this.enter(await this.#post<Grant>("setup", { token, name, email, password }), false);
  }

  /** Notes that the password is the user's own now. */
  passwordChanged(): void {
    if (this.user) this.know({ ...this.user, must_change_password: false });
  }

  /** Notes who the user is by now; of somebody who left meanwhile nothing is noted. */
  know(user: User): void {
    const kept = this.#read();
    if (kept?.user.id !== user.id || this.#standing.current.status !== "in") return;
    if (JSON.stringify(kept.user) === JSON.stringify(user)) return;
    this.#place.setItem(this.#key, JSON.stringify({ ...kept, user }));
    this.#standing.set({ status: "in", user });
  }

  enter(grant: Grant, tabOnly: boolean): User {
    this.#around.tab.removeItem(this.#key);
    this.#write(grant, tabOnly || this.isApart ? this.#around.tab : this.#around.shared);
    this.#standing.set({ status: "in", user: grant.user });
    return grant.user;
  }

  async logOut(): Promise<void> {
    const kept = this.#read();
    this.#place.removeItem(this.#key);
    this.#standing.set({ status: "out" });
    if (!kept) return;
    try {
      await this.#post("logout", { refresh_token: kept.refresh_token }, kept.access_token);
    } catch {
      // The tokens are forgotten here; the session ends on the server when they run out.
    }
  }

  /** An access token that is good for a while yet; raises Refusal when the session is over. */
  async token(): Promise<string> {
    const kept = this.#read();
    if (!kept) throw over();
    return this.#around.now() < this.renewAt ? kept.access_token : this.renew(kept.access_token);
  }

  /** Trades the refresh token for new ones, once for all callers and tabs. */
  renew(worn: string): Promise<string> {
    this.#renewing ??= this.#around
      .exclusively(this.#key, () => this.#renewAlone(worn))
      .finally(() => (this.#renewing = null));
    return this.#renewing;
  }

  async #renewAlone(worn: string): Promise<string> {
    const kept = this.#read();
    if (!kept) throw over();
    // Another tab was here first: its refresh token is used up, its access token is ours.
    if (kept.access_token !== worn) return kept.access_token;
    if (kept.refresh_token === null) {
      this.#standing.set({ status: "expired", user: kept.user });
      throw over();
    }
    try {
      const grant = await this.#post<Grant>("refresh", { refresh_token: kept.refresh_token });
      this.#write({ ...kept, ...grant }, this.#place);
      return grant.access_token;
    } catch (error) {
      if (error instanceof Refusal && !error.retryable) {
        this.#standing.set({ status: "expired", user: kept.user });
      }
      throw error;
    }
  }

  async #post<T>(path: string, body: object, token?: string): Promise<T> {
    const headers: Record<string, string> = { "Content-Type": "application/json" };
    if (token) headers["Authorization"] = `Bearer ${token}`;
    const url = `/api/auth/${path}`;
    return ask<T>(this.#around.fetch, url, { method: "POST", headers, body: JSON.stringify(body) });
  }

  #adopt(): void {
    const kept = this.#read();
    this.#standing.set(kept ? { status: "in", user: kept.user } : { status: "out" });
    this.#grants.update((grants) => grants + 1);
  }

  /** Whether this session has a key of its own, and never looks at the one that tabs share. */
  get isApart(): boolean {
    return this.#around.tabKey !== null;
  }

  get isTabOnly(): boolean {
    return this.isApart || this.#around.tab.getItem(this.#key) !== null;
  }

  get #place(): Storage {
    return this.isTabOnly ? this.#around.tab : this.#around.shared;
  }

  #read(): Kept | null {
    const own = read(this.#around.tab, this.#key);
    return own ?? (this.isApart ? null : read(this.#around.shared, this.#key));
  }

  #write(grant: Grant, place: Storage): void {
    const { access_token, refresh_token, user } = grant;
    const granted_at = this.#around.now();
    const kept: Kept = {
      access_token,
      refresh_token,
      user,
      granted_at,
      lifetime: lifetimeOf(access_token),
    };
    place.setItem(this.#key, JSON.stringify(kept));
    this.#grants.update((grants) => grants + 1);
  }
}

/** Asks the server for JSON; raises Refusal for its errors and Unanswered without an answer. */
export async function ask<T>(through: typeof fetch, url: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await through(url, init);
  } catch {
    throw new Unanswered();
  }
  const text = await response.text();
  const content = parse(text) as { error?: WireError } | null;
  if (response.ok) return content as T;
  if (content?.error) throw new Refusal(content.error);
  if (response.status >= 500) throw new Unanswered();
  throw new Refusal({
    code: "invalid",
    message: `The server answered ${response.status}.`,
    fields: {},
    retryable: false,
  });
}

function over(): Refusal {
  return new Refusal({
    code: "unauthenticated",
    message: "You are logged out. Log in to go on.",
    fields: {},
    retryable: false,
  });
}

function read(place: Storage, key: string): Kept | null {
  return parse(place.getItem(key) ?? "") as Kept | null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** How long a token is good for, in milliseconds, by its own claims: no two clocks compared. */
function lifetimeOf(token: string): number {
  try {
    const part = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const claims = JSON.parse(atob(part)) as { iat: number; exp: number };
    return Math.max(0, (claims.exp - claims.iat) * 1000);
  } catch {
    return 60_000;
  }
}
