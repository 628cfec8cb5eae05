// The one socket: opens with a token, renews it, comes back by itself, and knows the server's time.

import { io, type Socket } from "socket.io-client";
import { Refusal, Unanswered } from "./refusal.ts";
import type { Session } from "./session.ts";
import { Value, type Stop, type Watchable } from "./value.ts";
import type { WireError } from "./wire.ts";

export const PROTOCOL = 1;
const ANSWER_TIMEOUT = 10_000;
const OPEN_TIMEOUT = 8_000;
const FIRST_WAIT = 300;
const LONGEST_WAIT = 8_000;
const LONGEST_TIMER = 86_400_000; // A browser's timers end at 25 days; guests' tokens do not.
const RENEW_AGAIN = 1_000; // After a renewal that failed; seldom enough, soon enough.

/** What the parts of the live layer need of a connection. */
export interface Wire {
  readonly online: Watchable<boolean>;
  /** Sends and waits; raises Refusal for the server's errors and Unanswered without an answer. */
  ask<T>(event: string, payload: object, timeout?: number): Promise<T>;
  /** Sends what may be lost. */
  tell(event: string, payload: object): void;
  on(event: string, run: (payload: unknown) => void): Stop;
}

/** `outdated`: the page is too old for the server and must be loaded anew. */
export type ConnectionStatus = "off" | "connecting" | "online" | "broken" | "outdated";

type Answer<T> = ({ ok: true } & T) | { ok: false; error: WireError };

export class Connection implements Wire {
  readonly #session: Session;
  readonly #socket: Socket;
  readonly #client: string;
  readonly #online = new Value(false);
  readonly #status = new Value<ConnectionStatus>("off");
  readonly #node = new Value<string | null>(null);
  #wanted = false;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #tokenSent = "";
  #refused = false;
  #offset = 0;

  constructor(session: Session, client: string, url?: string) {
    this.#session = session;
    this.#client = client;
    const options = {
      autoConnect: false,
      reconnection: false, // Each attempt needs a token that is still good: see #connect.
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      timeout: OPEN_TIMEOUT,
    };
    this.#socket = url ? io(url, options) : io(options);
    this.#socket.on("connect", () => this.#arrived());
    this.#socket.on("disconnect", () => this.#lost());
    this.#socket.on("connect_error", (error) => this.#failed(error));
  }

  get online(): Watchable<boolean> {
    return this.#online;
  }

  get status(): Watchable<ConnectionStatus> {
    return this.#status;
  }

  /** What the node at the other end calls itself; null while there is none. */
  get node(): Watchable<string | null> {
    return this.#node;
  }

  /** The server's present time in milliseconds. */
  get serverTime(): number {
    return Date.now() + this.#offset;
  }

  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#failures = 0;
    this.#status.set("connecting");
    void this.#connect();
  }

  stop(): void {
    this.#wanted = false;
    clearTimeout(this.#retry);
    clearTimeout(this.#renewal);
    this.#socket.disconnect();
    this.#away();
    this.#status.set("off");
  }

  /** Tries at once, as when the machine says that it has a network again. */
  hurry(): void {
    if (!this.#wanted || this.#socket.connected || this.#retry === undefined) return;
    clearTimeout(this.#retry);
    void this.#connect();
  }

  async ask<T>(event: string, payload: object, timeout = ANSWER_TIMEOUT): Promise<T> {
    if (!this.#socket.connected) throw new Unanswered();
    let answer: Answer<T>;
    try {
      answer = (await this.#socket.timeout(timeout).emitWithAck(event, payload)) as Answer<T>;
    } catch {
      throw new Unanswered();
    }
    if (!answer.ok) throw new Refusal(answer.error);
    return answer;
  }

  tell(event: string, payload: object): void {
    if (this.#socket.connected) this.#socket.volatile.emit(event, payload);
  }

  on(event: string, run: (payload: unknown) => void): Stop {
    this.#socket.on(event, run);
    return () => this.#socket.off(event, run);
  }

  async #connect(): Promise<void> {
    this.#retry = undefined;
    let token: string;
    try {
      // Renewing a refused token tells one that ran out from a session that was ended.
      const worn = this.#refused ? this.#tokenSent : null;
      token = worn ? await this.#session.renew(worn) : await this.#session.token();
    } catch (error) {
      if (error instanceof Unanswered || (error instanceof Refusal && error.retryable)) {
        this.#again();
      }
      return; // The session is over: logging in starts the connection again.
    }
    if (!this.#wanted) return;
    this.#refused = false;
    this.#tokenSent = token;
    this.#socket.auth = { token, protocol: PROTOCOL, client: this.#client };
    this.#socket.connect();
  }

  #arrived(): void {
    this.#failures = 0;
    this.#online.set(true);
    this.#status.set("online");
    void this.#readClock();
    this.#renewLater(0);
  }

  #lost(): void {
    clearTimeout(this.#renewal);
    this.#away();
    if (this.#wanted) this.#again();
  }

  #away(): void {
    this.#online.set(false);
    this.#node.set(null);
  }

  #failed(error: Error & { data?: unknown }): void {
    this.#online.set(false);
    // Some proxies neither let a WebSocket through nor refuse it; polling gets past them.
    if (error.message === "timeout") this.#socket.io.opts.transports = ["polling", "websocket"];
    const refused = error.data as WireError | undefined;
    if (refused?.code === "upgrade_required") {
      this.#wanted = false;
      this.#status.set("outdated");
    } else if (refused?.code === "unauthenticated") {
      this.#refused = true;
      this.#again();
    } else {
      this.#again(refused && new Refusal(refused).retryAfter);
    }
  }

  #again(after?: number | null): void {
    if (!this.#wanted || this.#retry !== undefined) return;
    this.#status.set("broken");
    const wait = after ?? Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures);
    this.#failures += 1;
    this.#retry = setTimeout(() => void this.#connect(), wait * (0.5 + Math.random()));
  }

  #renewLater(atLeast: number): void {
    clearTimeout(this.#renewal);
    const wait = Math.max(atLeast, this.#session.renewAt - Date.now());
    this.#renewal = setTimeout(() => void this.#renew(), Math.min(wait, LONGEST_TIMER));
  }

  /** Hands the server a fresh token before the present one runs out. */
  async #renew(): Promise<void> {
    try {
      const token = await this.#session.token();
      if (token !== this.#tokenSent) await this.ask("renew", { token });
      this.#tokenSent = token;
    } catch {
      // Tried again in a while; should the token run out first, the server ends the connection.
    }
    if (this.#socket.connected) this.#renewLater(RENEW_AGAIN);
  }

  async #readClock(): Promise<void> {
    try {
      const before = Date.now();
      const { now, node } = await this.ask<{ now: number; node: string }>("time", {});
      this.#node.set(node);
      this.#offset = Math.round(now - (before + Date.now()) / 2); // Times are whole everywhere.
    } catch {
      // The offset of the last connection stands.
    }
  }
}
