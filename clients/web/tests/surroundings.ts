// What the live layer touches, made for tests: a wire that is answered by hand, a storage, a clock.

import type { Wire } from "../src/live/connection.ts";
import { Unanswered } from "../src/live/refusal.ts";
import { Value } from "../src/live/value.ts";
import type { Envelope } from "../src/live/wire.ts";

export interface Asked {
  event: string;
  payload: Record<string, unknown>;
  answer(value: object): void;
  fail(error: Error): void;
}

/** A wire whose every question waits for the test's answer. */
export class HandWire implements Wire {
  readonly online = new Value(false);
  readonly asked: Asked[] = [];
  readonly told: { event: string; payload: object }[] = [];
  readonly #runs = new Map<string, Set<(payload: unknown) => void>>();

  ask<T>(event: string, payload: object): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.asked.push({
      event,
      payload: payload as Record<string, unknown>,
      answer: (value) => resolve(value as T),
      fail: reject,
    });
    return promise;
  }

  tell(event: string, payload: object): void {
    this.told.push({ event, payload });
  }

  on(event: string, run: (payload: unknown) => void): () => void {
    const runs = this.#runs.get(event) ?? new Set();
    this.#runs.set(event, runs.add(run));
    return () => runs.delete(run);
  }

  arrive(event: string, payload: unknown): void {
    for (const run of this.#runs.get(event) ?? []) run(payload);
  }

  /** Breaks: what is asked stays without an answer. */
  cut(): void {
    this.online.set(false);
    for (const each of this.asked) each.fail(new Unanswered());
  }

  get last(): Asked {
    const last = this.asked.at(-1);
    if (!last) throw new Error("Nothing was asked.");
    return last;
  }
}

export class MemoryStorage implements Storage {
  readonly #items = new Map<string, string>();
  [name: string]: unknown;

  get length(): number {
    return this.#items.size;
  }

  clear(): void {
    this.#items.clear();
  }

  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }

  key(index: number): string | null {
    return [...this.#items.keys()][index] ?? null;
  }

  removeItem(key: string): void {
    this.#items.delete(key);
  }

  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }
}

export function envelope(seq: number, prev: number, more: Partial<Envelope> = {}): Envelope {
  return {
    room: "ticket:t",
    epoch: "e1",
    seq,
    prev,
    at: 1_000 + seq,
    actor: { kind: "agent", id: "a" },
    command_id: `c${seq}`,
    events: [],
    ...more,
  };
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}
