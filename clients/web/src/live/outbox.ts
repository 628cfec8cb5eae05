// What was sent and is not yet acknowledged. It outlives the page, and never changes hands.

import type { Wire } from "./connection.ts";
import { newId } from "./ids.ts";
import { Refusal, Unanswered } from "./refusal.ts";
import { Value, type Watchable } from "./value.ts";
import type { Done, Draft, Envelope, Id, TicketCommand, WireError } from "./wire.ts";

export interface Entry {
  command: TicketCommand;
  /** When it was sent first, by this machine's clock; orders the entries. */
  at: number;
  /**
   * `waiting` to be acknowledged; `done` and kept until its effect is seen in a room;
   * `refused` and kept until a person decides.
   */
  status: "waiting" | "done" | "refused";
  result: Done["result"] | null;
  error: WireError | null;
}

const REPEAT_AFTER = 10_000;
const RETRY_AFTER = 1_000;
const KEEP_DONE = 5_000; // Long enough for the effect to arrive in the rooms that show it.

export class Outbox {
  readonly #wire: Wire;
  readonly #storage: Storage;
  readonly #entries = new Value<readonly Entry[]>([]);
  readonly #waiters = new Map<string, PromiseWithResolvers<Entry>>();
  readonly #busy = new Set<string>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #owner: string | null = null;
  #last = 0;

  constructor(wire: Wire, storage: Storage) {
    this.#wire = wire;
    this.#storage = storage;
    wire.online.subscribe((online) => online && this.#resume());
  }

  /** Everything unsettled of the present user, oldest first. */
  get entries(): Watchable<readonly Entry[]> {
    return this.#entries;
  }

  /** Works for this user from now on; another's commands stay in the storage, untouched. */
  own(user: string | null): void {
    if (user === this.#owner) return;
    this.#owner = user;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#busy.clear();
    this.#waiters.clear();
    this.#entries.set([]);
    this.#resume();
  }

  /** Sends a command, now or when it can be; resolves or rejects (Refusal) with its answer. */
  send(draft: Draft): { id: string; settled: Promise<Entry> } {
    if (this.#owner === null) throw new Error("Nobody is logged in.");
    const id = newId();
    this.#last = Math.max(Date.now(), this.#last + 1);
    const entry: Entry = {
      command: { ...draft, command_id: id } as TicketCommand,
      at: this.#last,
      status: "waiting",
      result: null,
      error: null,
    };
    const waiter = Promise.withResolvers<Entry>();
    waiter.promise.catch(() => undefined); // Who does not care need not listen.
    this.#waiters.set(id, waiter);
    this.#keep(entry);
    this.#entries.update((entries) => [...entries, entry]);
    this.#work();
    return { id, settled: waiter.promise };
  }

  /** Forgets a refused command; one on its way cannot be called back. */
  discard(commandId: string): void {
    const entry = this.#find(commandId);
    if (entry?.status !== "refused") return;
    this.#drop(commandId);
  }

  /** Notes that a command's effect arrived, before or after its acknowledgement. */
  seen(envelope: Envelope): void {
    if (this.#find(envelope.command_id)) this.#drop(envelope.command_id);
  }

  /** Forgets everything of the present user, as at a log-out. */
  empty(): void {
    for (const { command } of this.#stored())
      this.#storage.removeItem(this.#prefix + command.command_id);
    this.own(null);
  }

  /** Takes over what somebody else left unsettled, as where a guest turned out to be this user. */
  inherit(from: string): void {
    for (const entry of this.#stored(from)) {
      this.#storage.removeItem(prefixOf(from) + entry.command.command_id);
      this.#keep(entry);
    }
    this.#resume();
  }

  /** Another tab of the same user settled something. */
  changedElsewhere(key: string | null): void {
    if (this.#owner === null || (key !== null && !key.startsWith(this.#prefix))) return;
    const kept = new Set(this.#stored().map((entry) => entry.command.command_id));
    for (const entry of this.#entries.current) {
      if (entry.status === "done" || kept.has(entry.command.command_id)) continue;
      this.#drop(entry.command.command_id);
      this.#resolve({ ...entry, status: "done" });
    }
  }

  get #prefix(): string {
    return prefixOf(this.#owner);
  }

  #resume(): void {
    if (this.#owner === null) return;
    const known = new Set(this.#entries.current.map((entry) => entry.command.command_id));
    const found = this.#stored().filter((entry) => !known.has(entry.command.command_id));
    if (found.length > 0) {
      const all = [...this.#entries.current, ...found].sort((one, other) => one.at - other.at);
      this.#entries.set(all);
    }
    this.#work();
  }

  /** Puts the first waiting command of each ticket on its way. */
  #work(): void {
    if (!this.#wire.online.current) return;
    const begun = new Set<string>();
    for (const entry of this.#entries.current) {
      if (entry.status !== "waiting") continue;
      const lane = laneOf(entry.command);
      if (begun.has(lane)) continue;
      begun.add(lane);
      if (!this.#busy.has(lane)) void this.#carry(entry, lane);
    }
  }

  async #carry(entry: Entry, lane: string): Promise<void> {
    const owner = this.#owner;
    this.#busy.add(lane);
    let pause = 0;
    try {
      const answer = await this.#wire.ask<Done>("command", entry.command, REPEAT_AFTER);
      if (owner === this.#owner) this.#acknowledge(entry, answer);
    } catch (error) {
      if (owner === this.#owner) pause = this.#hindered(entry, error);
    }
    if (owner !== this.#owner) return;
    this.#later(pause, () => {
      this.#busy.delete(lane);
      this.#work();
    });
  }

  #acknowledge(entry: Entry, { result }: Done): void {
    const id = entry.command.command_id;
    const done: Entry = { ...entry, status: "done", result };
    this.#storage.removeItem(this.#prefix + id);
    this.#replace(done);
    this.#resolve(done);
    this.#later(KEEP_DONE, () => this.#drop(id));
  }

  /** Returns how long to wait before the same command is tried again. */
  #hindered(entry: Entry, error: unknown): number {
    if (!this.#find(entry.command.command_id)) {
      this.#resolve({ ...entry, status: "done" }); // Its effect was here first.
      return 0;
    }
    if (error instanceof Unanswered) return 0; // Repeated at once, or when the connection is back.
    if (!(error instanceof Refusal)) throw error;
    if (error.retryable || error.code === "unauthenticated") {
      return error.retryAfter ?? RETRY_AFTER * (1 + Math.random());
    }
    const refused: Entry = { ...entry, status: "refused", error: error.asWire() };
    this.#keep(refused);
    this.#replace(refused);
    this.#waiters.get(entry.command.command_id)?.reject(error);
    this.#waiters.delete(entry.command.command_id);
    return 0;
  }

  /** Does something in a while, unless the user changes before; at once where there is no wait. */
  #later(pause: number, run: () => void): void {
    if (pause === 0) return run();
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, pause);
    this.#timers.add(timer);
  }

  #find(id: string): Entry | undefined {
    return this.#entries.current.find((entry) => entry.command.command_id === id);
  }

  #replace(entry: Entry): void {
    const id = entry.command.command_id;
    this.#entries.update((entries) =>
      entries.map((each) => (each.command.command_id === id ? entry : each)),
    );
  }

  #resolve(entry: Entry): void {
    this.#waiters.get(entry.command.command_id)?.resolve(entry);
    this.#waiters.delete(entry.command.command_id);
  }

  #drop(id: string): void {
    this.#storage.removeItem(this.#prefix + id);
    this.#entries.update((entries) => entries.filter((each) => each.command.command_id !== id));
  }

  #keep(entry: Entry): void {
    try {
      this.#storage.setItem(this.#prefix + entry.command.command_id, JSON.stringify(entry));
    } catch {
      // A full storage: the command still lives as long as this page does.
    }
  }

  #stored(owner = this.#owner): Entry[] {
    const prefix = prefixOf(owner);
    const keys = Array.from({ length: this.#storage.length }, (_, at) => this.#storage.key(at));
    return keys
      .filter((key): key is string => !!key?.startsWith(prefix))
      .flatMap((key) => {
        const text = this.#storage.getItem(key);
        return text === null ? [] : [JSON.parse(text) as Entry];
      })
      .sort((one, other) => one.at - other.at);
  }
}

/** Waits until nothing of a ticket is on its way: what goes another road then finds it done. */
export async function idle(outbox: Outbox, ticket: Id): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const stop = outbox.entries.subscribe((entries) => {
    const waits = entries.some(
      (each) => each.status === "waiting" && laneOf(each.command) === ticket,
    );
    if (!waits) resolve(undefined);
  });
  await promise;
  stop();
}

function prefixOf(owner: string | null): string {
  return `deskwire.outbox.${owner}.`;
}

/** Commands of one lane go one after another. */
function laneOf(command: TicketCommand): string {
  return "ticket_id" in command ? command.ticket_id : command.command_id;
}
