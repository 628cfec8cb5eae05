// How one is oneself: status, note and break, as it will be while it is being said.

import { api, rooms } from "../desk.ts";
import { deskRules } from "../live/views_desk.ts";
import type { Agent, Id } from "../live/wire.ts";
import { answers, type AgentInfo, type Availability, type OwnStatus } from "./agents.ts";

/** What one said of oneself and the room does not know yet. */
type Wish = Partial<Pick<Agent, "status" | "note" | "on_break">>;

const MINUTE = 60_000;
const SOON = 5_000; // A connection is noticed by then.

export class Own {
  readonly #id: Id;
  #agent = $state.raw<Agent | null>(null);
  #info = $state.raw<AgentInfo | null>(null);
  #wish = $state.raw<Wish>({});
  #asking = 0;
  #sent: Promise<unknown> = Promise.resolve();
  #again: ReturnType<typeof setTimeout> | undefined;
  error = $state.raw<unknown>(null);

  constructor(id: Id) {
    this.#id = id;
  }

  /** Follows the own room until the returned function is called. */
  follow(): () => void {
    const name = `agent:${this.#id}`;
    const stop = rooms.enter<Agent>(name, deskRules).state.subscribe(({ view }) => {
      if (view === null || view === this.#agent) return;
      const moved = view.seq !== this.#agent?.seq;
      this.#agent = view;
      if (!moved) return;
      this.#wish = {};
      void this.ask();
    });
    return () => {
      stop();
      rooms.exit(name);
      clearTimeout(this.#again);
    };
  }

  get known(): boolean {
    return this.#agent !== null && this.#info !== null;
  }

  get status(): OwnStatus {
    return this.#wish.status ?? this.#agent?.status ?? "available";
  }

  get note(): string {
    return this.#wish.note ?? this.#agent?.note ?? "";
  }

  get onBreak(): Agent["on_break"] {
    if (this.#wish.on_break !== undefined) return this.#wish.on_break;
    return this.#agent?.on_break ?? null;
  }

  get load(): number {
    return Object.values(this.#agent?.held ?? {}).reduce((sum, { weight }) => sum + weight, 0);
  }

  get capacity(): number {
    return this.#info?.capacity ?? 0;
  }

  get zone(): string {
    return this.#info?.zone ?? "UTC";
  }

  /** The end of the shift that one was warned of. */
  get warnedUntil(): number {
    return this.#agent?.warned_until ?? 0;
  }

  /** Whether one is given work, and why not; by what was just said, before the server knows. */
  availability(now: number): Availability | null {
    const known = this.#info?.availability ?? null;
    if (known === null) return null;
    if (["inactive", "on_leave", "off_shift"].includes(known.reason)) return known;
    const taken = this.onBreak;
    if (taken && taken.until > now) return { reason: "on_break", until: taken.until };
    if (this.status !== "available") return { reason: this.status, until: null };
    if (!answers(this.#agent)) return { reason: "not_answering", until: null };
    // What was said meanwhile took the reason away; the true one is on its way.
    const over =
      ["busy", "away", "not_answering"].includes(known.reason) || this.#wish.on_break === null;
    return over ? { reason: "available", until: null } : known;
  }

  say(status: OwnStatus, note: string): Promise<void> {
    if (status === this.status && note === this.note) return Promise.resolve();
    const ends = status === "available" && this.onBreak ? { on_break: null } : {};
    return this.#do({ status, note, ...ends }, () =>
      api.post<AgentInfo>(`${this.#path}/status`, { status, note }),
    );
  }

  rest(minutes: number, now: number): Promise<void> {
    const since = this.onBreak?.since ?? now;
    const on_break = { since, until: now + minutes * MINUTE, seq: 0 };
    return this.#do({ on_break }, () => api.post<AgentInfo>(`${this.#path}/break`, { minutes }));
  }

  goOn(): Promise<void> {
    return this.#do({ on_break: null }, async () => {
      await api.delete(`${this.#path}/break`);
      return null;
    });
  }

  /** Asks how one is by the server, and again when that may have changed. */
  async ask(): Promise<void> {
    const asking = ++this.#asking;
    clearTimeout(this.#again);
    try {
      const info = await api.get<AgentInfo>(this.#path);
      if (asking === this.#asking) this.#take(info);
    } catch {
      if (asking === this.#asking) this.#later(MINUTE);
    }
  }

  get #path(): string {
    return `/api/agents/${this.#id}`;
  }

  async #do(wish: Wish, send: () => Promise<AgentInfo | null>): Promise<void> {
    const before = this.#wish;
    this.#wish = { ...before, ...wish };
    this.error = null;
    // One after another: what was said last is what holds.
    const sent = this.#sent.then(send);
    this.#sent = sent.catch(() => undefined);
    try {
      const info = await sent;
      if (info === null) await this.ask();
      else this.#take(info);
    } catch (error) {
      this.#wish = before;
      this.error = error;
    }
  }

  #take(info: AgentInfo): void {
    this.#info = info;
    const unseen = ["not_connected", "reachable"].includes(info.availability.reason);
    this.#later(unseen ? SOON : MINUTE);
  }

  #later(wait: number): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => void this.ask(), wait);
  }
}
