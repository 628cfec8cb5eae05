// The visitor at a desk: the one place where the parts of the live layer are joined.

import { Api } from "../../web/src/live/api.ts";
import { Connection } from "../../web/src/live/connection.ts";
import { Drafts } from "../../web/src/live/drafts.ts";
import { Marks } from "../../web/src/live/marks.ts";
import { actorOf, type Self } from "../../web/src/live/me.ts";
import { Outbox } from "../../web/src/live/outbox.ts";
import { People } from "../../web/src/live/people.ts";
import { Rooms } from "../../web/src/live/rooms.ts";
import { visitorRules } from "../../web/src/live/views.ts";
import { ask, Session, type Grant, type User } from "../../web/src/live/session.ts";
import { Signals } from "../../web/src/live/signals.ts";
import { Speeches } from "../../web/src/live/speech.ts";
import { Uploads } from "../../web/src/live/uploads.ts";
import type { Id } from "../../web/src/live/wire.ts";
import { Shelf } from "./keeping.ts";

/** Who the site says its visitor is, with its server's word for it: docs/identify.md. */
export interface Identity {
  email: string;
  signature: string;
  name?: string;
}

/** What the widget shows of an inbox. */
export interface Brand {
  inbox_id: Id;
  name: string;
  colour: string;
  online: boolean;
}

const DRAFTS = "visitor"; // What is written outlives the token of who wrote it.

export class Visit {
  readonly session: Session;
  readonly api: Api;
  readonly people: People;
  readonly connection: Connection;
  readonly rooms: Rooms;
  readonly outbox: Outbox;
  readonly drafts: Drafts;
  readonly uploads: Uploads;
  readonly signals: Signals;
  readonly speeches: Speeches;
  readonly marks: Marks;
  /** This tab's own, such as whether the panel is open. */
  readonly tab: Shelf;
  readonly #fetch: typeof fetch;
  readonly #lock: string;
  #turn: Promise<unknown> = Promise.resolve();
  #present: string | null = null;

  /** `desk` is the desk's origin, `key` tells this inbox's visitor from another's at one site. */
  constructor(desk: string, key: string) {
    const prefix = `deskwire ${desk} ${key} `;
    this.#lock = prefix;
    const shelf = new Shelf(prefix, () => localStorage);
    this.tab = new Shelf(prefix, () => sessionStorage);
    this.#fetch = (path, init) => fetch(`${desk}${path as string}`, init);
    const around = {
      shared: shelf,
      tab: this.tab,
      tabKey: null,
      fetch: this.#fetch,
      now: () => Date.now(),
      exclusively: <T>(_name: string, work: () => Promise<T>) => this.#alone(work),
      onShared: (run: (name: string | null) => void) =>
        window.addEventListener("storage", ({ key: changed }) => {
          const name = changed === null ? null : shelf.nameOf(changed);
          if (name !== undefined) run(name);
        }),
    };
    this.session = new Session(around);
    this.api = new Api(this.session, this.#fetch);
    this.people = new People(this.api);
    this.connection = new Connection(this.session, "widget/0.1.0", desk);
    this.rooms = new Rooms(this.connection, visitorRules);
    this.outbox = new Outbox(this.connection, shelf);
    this.drafts = new Drafts(shelf);
    this.drafts.own(DRAFTS);
    this.uploads = new Uploads(this.api, this.drafts);
    this.signals = new Signals(this.connection, this.rooms);
    this.speeches = new Speeches(this.connection, this.rooms);
    this.marks = new Marks(this.connection);
    around.onShared((name) => this.outbox.changedElsewhere(name));
  }

  get me(): Self | null {
    const { user } = this.session;
    return user && actorOf(user);
  }

  /** Begins to follow who is here; the widget listens by now. */
  start(): void {
    this.rooms.onEnvelope((envelope) => this.outbox.seen(envelope));
    this.outbox.entries.subscribe((entries) => {
      // What a guest sent and the same person repeats under their name is there already.
      const done = entries.find(({ error }) => error?.code === "command_id_reused");
      if (done) queueMicrotask(() => this.outbox.discard(done.command.command_id));
    });
    this.connection.on("access", () => void this.#look());
    this.connection.online.subscribe((online) => online && void this.#look());
    window.addEventListener("online", () => this.connection.hurry());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.connection.hurry();
    });
    this.session.standing.subscribe((standing) => {
      if (standing.status === "in") this.#enter(standing.user.id);
      else if (standing.status === "expired") this.connection.stop();
      else this.#leave();
    });
  }

  /** Answers with what anybody may know, such as the brand. */
  ask<T>(path: string): Promise<T> {
    return ask<T>(this.#fetch, path, {});
  }

  /** Answers as the visitor, if there is one yet, else as anybody. */
  read<T>(path: string): Promise<T> {
    return this.session.user ? this.api.get<T>(path) : this.ask<T>(path);
  }

  /** Makes sure that there is a visitor: who was here before, or a new guest. */
  async welcome(name?: string): Promise<User> {
    const { standing } = this.session;
    if (standing.current.status === "in") return standing.current.user;
    const grant = await this.#post<Grant>("guest", name ? { name } : {});
    return this.session.enter(grant, false);
  }

  /** Becomes who the site says; whoever else was here before is forgotten on this machine. */
  async identify(identity: Identity, inbox_id: Id): Promise<void> {
    const email = identity.email.trim().toLowerCase();
    const known = this.session.user?.email;
    if (known === email && this.session.standing.current.status === "in") return;
    if (known) await this.forget();
    await this.welcome(identity.name);
    await this.#prove({ email, inbox_id, signature: identity.signature }, identity.name);
  }

  /** Has a code mailed that proves an address. */
  async sendCode(email: string): Promise<void> {
    await this.#post("identify/code", { token: await this.session.token(), email });
  }

  async confirm(email: string, code: string): Promise<void> {
    await this.#prove({ email, code });
  }

  /** Ends the visit here: nothing of it stays on this machine. */
  async forget(): Promise<void> {
    this.outbox.empty();
    this.uploads.clear();
    this.drafts.empty();
    await this.session.logOut();
  }

  /** Leaves a session that is over; what is written but not sent comes back as text. */
  salvage(): string {
    const unsent = this.outbox.entries.current.flatMap(({ command, status }) =>
      status !== "done" && "body" in command && command.body ? [command.body] : [],
    );
    this.outbox.empty();
    void this.session.logOut();
    return unsent.join("\n\n");
  }

  /** Trades the guest's token; nobody takes it for a lost one meanwhile, here or in another tab. */
  async #prove(proof: object, name?: string): Promise<void> {
    await this.#settled();
    const [token, before] = [await this.session.token(), this.session.user?.id];
    const { id } = await this.#alone(async () => {
      const grant = await this.#post<Grant>("identify", { token, name, ...proof });
      return this.session.enter(grant, false);
    });
    if (before && before !== id) this.outbox.inherit(before);
  }

  /** Runs one at a time among all tabs, or in this one where the site is not served securely. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    if ("locks" in navigator) return navigator.locks.request(this.#lock, work) as Promise<T>;
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Waits until nothing is on its way. */
  #settled(): Promise<void> {
    return new Promise((resolve) => {
      let stop: (() => void) | null = null;
      const look = (entries: readonly { status: string }[]) => {
        if (entries.some(({ status }) => status === "waiting")) return;
        resolve();
        stop?.();
      };
      stop = this.outbox.entries.subscribe(look);
    });
  }

  /** Asks who the visitor is by now: what was said before contacts became one is theirs. */
  async #look(): Promise<void> {
    try {
      this.session.know((await this.api.get<{ user: User }>("/api/auth/me")).user);
    } catch {
      // What was known holds; the next sign asks again.
    }
  }

  #post<T>(path: string, body: object): Promise<T> {
    return ask<T>(this.#fetch, `/api/auth/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  #enter(user: string): void {
    if (this.#present !== null && this.#present !== user) this.#leave();
    this.#present = user;
    this.outbox.own(user);
    this.connection.start();
  }

  #leave(): void {
    this.#present = null;
    this.connection.stop();
    this.rooms.clear();
    this.people.clear();
    this.marks.clear();
    this.outbox.own(null);
  }
}
