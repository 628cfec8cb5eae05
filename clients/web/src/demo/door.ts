// The demo's own doors: who there is to be, how the nodes are, and what may be done to them.

import { Refusal, Unanswered } from "../live/refusal.ts";
import { ask, type Grant } from "../live/session.ts";
import { Value, type Stop, type Watchable } from "../live/value.ts";
import type { Id, Millis } from "../live/wire.ts";

export interface Person {
  key: string;
  name: string;
  role: string;
  email: string;
}

export interface DemoNode {
  name: string;
  pid: number | null;
  phase: "starting" | "running" | "restarting" | "stopped";
  /** How often it was started again. */
  restarts: number;
  since: Millis;
  /** Whether it is the one that answered. */
  here: boolean;
}

export interface Demo {
  people: readonly Person[];
  nodes: readonly DemoNode[];
  traffic: { on: boolean; people: number };
  story: { ticket_id: Id | null };
}

/** The last answer stays while the next one fails; `error` is why there is none, or no newer. */
export interface Seen {
  demo: Demo | null;
  error: unknown;
}

const SELDOM = 3_000;
const OFTEN = 300; // While a node is down, and at first where nobody answers.
const AWAY = 5_000; // The longest pause while nobody answers: so soon it is seen to be back.
const NOTICED = 15_000; // By then a killed node has long been missed.

export class Door {
  readonly #fetch: typeof fetch;
  readonly #seen = new Value<Seen>({ demo: null, error: null });
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watched = false;
  #look = 0;
  #unanswered = 0;
  readonly #killed = new Map<number, number>();

  constructor(through: typeof fetch) {
    this.#fetch = through;
  }

  get seen(): Watchable<Seen> {
    return this.#seen;
  }

  /** Looks again and again while the page is in sight, until it is stopped. */
  watch(): Stop {
    const look = () => document.visibilityState === "visible" && void this.look();
    this.#watched = true;
    document.addEventListener("visibilitychange", look);
    void this.look();
    return () => {
      this.#watched = false;
      clearTimeout(this.#timer);
      document.removeEventListener("visibilitychange", look);
    };
  }

  async look(): Promise<void> {
    clearTimeout(this.#timer);
    const look = ++this.#look;
    let error: unknown = null;
    let { demo } = this.#seen.current;
    try {
      demo = this.#buried(await ask<Demo>(this.#fetch, "/api/demo", {}));
    } catch (problem) {
      error = problem;
    }
    if (look !== this.#look) return; // A later look knows better.
    this.#unanswered = error === null ? 0 : this.#unanswered + 1;
    this.#seen.set({ demo, error });
    if (!this.#watched || document.visibilityState !== "visible") return;
    const calm = error === null && demo?.nodes.every(({ phase }) => phase === "running");
    const pause = calm ? SELDOM : pauseAt(this.#unanswered);
    this.#timer = setTimeout(() => void this.look(), pause);
  }

  become(key: string): Promise<Grant> {
    return this.#post<Grant>("session", { key });
  }

  /** Lets the simulated people come or go. */
  async setTraffic(on: boolean): Promise<void> {
    await this.#post("traffic", { on });
    await this.look();
  }

  /** Ends a node by SIGKILL. */
  async kill(name: string): Promise<void> {
    try {
      const killed = await this.#post<{ pid: number }>(
        `nodes/${encodeURIComponent(name)}/kill`,
        {},
      );
      this.#killed.set(killed.pid, Date.now());
    } catch (error) {
      // The node that was asked may be the one that died before its answer was out.
      if (!(error instanceof Unanswered)) throw error;
    } finally {
      void this.look();
    }
  }

  /** A process that was killed is down, also while nobody has missed it yet. */
  #buried(demo: Demo): Demo {
    const nodes = demo.nodes.map((node) => {
      const at = this.#killed.get(node.pid ?? 0);
      const down = at !== undefined && Date.now() - at < NOTICED && node.phase === "running";
      return down ? { ...node, phase: "restarting" as const } : node;
    });
    return { ...demo, nodes };
  }

  #post<T>(path: string, body: object): Promise<T> {
    const headers = { "Content-Type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    return ask<T>(this.#fetch, `/api/demo/${path}`, init);
  }
}

/** Does something until it is answered: whoever was asked may just have been killed, or busy. */
export async function insist<T>(act: () => Promise<T>, tries = 20): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await act();
    } catch (error) {
      const wait = pauseAfter(error, tried);
      if (wait === null || tried >= tries) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** How long to wait before a repeat, in milliseconds; null where a repeat would not help. */
function pauseAfter(error: unknown, tried: number): number | null {
  if (error instanceof Unanswered) return pauseAt(tried);
  if (!(error instanceof Refusal) || !error.retryable) return null;
  return error.retryAfter ?? SELDOM;
}

/** How long to wait after so many failures in a row, in milliseconds: twice as long each time. */
function pauseAt(failures: number): number {
  return Math.min(OFTEN * 2 ** Math.max(failures - 1, 0), AWAY);
}
