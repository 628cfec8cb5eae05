// All rooms that are open here: joined together, resumed together, healed one by one.

import { Refusal, Unanswered } from "./refusal.ts";
import { Room, type Need } from "./room.ts";
import type { Stop } from "./value.ts";
import { withMarkers, type Rules, type RulesOf, type TicketView } from "./views.ts";
import type { Wire } from "./connection.ts";
import type {
  AssistantText,
  Doing,
  Envelope,
  JoinAnswer,
  Left,
  Marker,
  RoomJoined,
  RoomRefused,
} from "./wire.ts";

const ROOMS_PER_JOIN = 50;
const JOIN_TIMEOUT = 15_000;
const LINGER = 30_000;
const GONE = {
  code: "not_found",
  message: "This is no longer there for you: it was deleted, or given to others.",
  retryable: false,
} as const;

type Timer = ReturnType<typeof setTimeout>;

/** Takes what is done in a room at the moment. */
type Present = (room: string, present: readonly (Doing | AssistantText)[]) => void;

type Marked = Marker & { room: string; type: string };

interface Open {
  room: Room<unknown>;
  visitors: number;
  linger: Timer | undefined;
  gap: Timer | undefined;
}

export class Rooms {
  readonly #wire: Wire;
  readonly #rulesOf: RulesOf;
  readonly #open = new Map<string, Open>();
  readonly #wanted = new Set<string>();
  readonly #listeners = new Set<(envelope: Envelope) => void>();
  readonly #barred = new Set<(room: string) => void>();
  readonly #present = new Set<Present>();
  #flush: Timer | undefined;

  /** `rulesOf` says by a room's name how it is read. */
  constructor(wire: Wire, rulesOf: RulesOf) {
    this.#wire = wire;
    this.#rulesOf = rulesOf;
    wire.on("event", (envelope) => this.#receive(envelope as Envelope));
    wire.on("signal", (signal) => this.#signal(signal as Marked));
    wire.on("left", (left) => this.#left(left as Left));
    wire.online.subscribe((online) => {
      if (!online) return;
      this.#wanted.clear();
      for (const name of this.#open.keys()) this.#join(name);
    });
  }

  /**
   * Enters a room until `exit`; a room that is left for a moment only stays joined. Who enters it
   * first may bring the rules by which it is read.
   */
  enter<View>(name: string, rulesOf: RulesOf = this.#rulesOf): Room<View> {
    const open = this.#open.get(name) ?? this.#start(name, rulesOf(name));
    open.visitors += 1;
    clearTimeout(open.linger);
    if (open.room.state.current.status === "closed") this.#join(name);
    return open.room as Room<View>;
  }

  exit(name: string): void {
    const open = this.#open.get(name);
    if (!open) return;
    open.visitors -= 1;
    if (open.visitors > 0) return;
    open.linger = setTimeout(() => this.#forget(name), LINGER);
  }

  /** Asks anew for a room of which something of the moment is missing. */
  again(name: string): void {
    if (this.#open.has(name)) this.#join(name);
  }

  /** Calls with every envelope that arrives in any room. */
  onEnvelope(run: (envelope: Envelope) => void): Stop {
    this.#listeners.add(run);
    return () => this.#listeners.delete(run);
  }

  /** Calls with every room that one may not be in, or not any more. */
  onBarred(run: (room: string) => void): Stop {
    this.#barred.add(run);
    return () => this.#barred.delete(run);
  }

  /** Calls with all that is done in a room whenever it is entered, and with nothing when left. */
  onPresent(run: Present): Stop {
    this.#present.add(run);
    return () => this.#present.delete(run);
  }

  /** Drops everything, as at a log-out. */
  clear(): void {
    for (const open of this.#open.values()) {
      clearTimeout(open.linger);
      clearTimeout(open.gap);
    }
    this.#open.clear();
    this.#wanted.clear();
  }

  #start(name: string, rules: Rules<unknown>): Open {
    const room = new Room(name, rules);
    const open: Open = { room, visitors: 0, linger: undefined, gap: undefined };
    this.#open.set(name, open);
    this.#join(name);
    return open;
  }

  #forget(name: string): void {
    const open = this.#open.get(name);
    if (!open || open.visitors > 0) return;
    clearTimeout(open.gap);
    this.#open.delete(name);
    this.#wanted.delete(name);
    this.#presently(name, []);
    if (this.#wire.online.current)
      this.#wire.ask("leave", { rooms: [name] }).catch(() => undefined);
  }

  /** Asks for a room with the others of this moment: one round trip for all. */
  #join(name: string, delay = 0): void {
    if (delay > 0) {
      setTimeout(() => this.#open.has(name) && this.#join(name), delay);
      return;
    }
    this.#wanted.add(name);
    if (this.#flush === undefined) this.#flush = setTimeout(() => void this.#askWanted(), 0);
  }

  async #askWanted(): Promise<void> {
    this.#flush = undefined;
    if (!this.#wire.online.current) return; // Coming online asks for every room.
    const names = [...this.#wanted].filter((name) => this.#open.has(name));
    this.#wanted.clear();
    for (let at = 0; at < names.length; at += ROOMS_PER_JOIN) {
      await this.#ask(names.slice(at, at + ROOMS_PER_JOIN));
    }
  }

  async #ask(names: string[]): Promise<void> {
    const rooms = names.flatMap((name) => this.#open.get(name)?.room.cursor ?? []);
    try {
      const answer = await this.#wire.ask<JoinAnswer>("join", { rooms }, JOIN_TIMEOUT);
      for (const each of answer.rooms) this.#answer(each);
    } catch (error) {
      if (error instanceof Unanswered && !this.#wire.online.current) return;
      const wait = (error instanceof Refusal && error.retryAfter) || 1_000;
      for (const name of names) this.#join(name, jittered(wait));
    }
  }

  #answer(answer: RoomJoined | RoomRefused): void {
    const open = this.#open.get(answer.room);
    if (!open) return;
    if (!("error" in answer)) {
      for (const envelope of answer.envelopes) this.#announce(envelope);
      this.#heal(open, open.room.answer(answer));
      if ("markers" in answer) this.#mark(answer.room, answer.markers as readonly Marker[]);
      if (!answer.more) this.#presently(answer.room, answer.signals ?? []);
      return;
    }
    const refusal = new Refusal(answer.error);
    if (refusal.retryable) this.#join(answer.room, jittered(refusal.retryAfter ?? 1_000));
    else this.#bar(open.room, refusal);
  }

  #signal(signal: Marked): void {
    if (signal.type === "marker") this.#mark(signal.room, [signal]);
  }

  #mark(name: string, markers: readonly Marker[]): void {
    const room = this.#open.get(name)?.room as Room<TicketView> | undefined;
    room?.amend((view) => withMarkers(view, markers));
  }

  #receive(envelope: Envelope): void {
    const open = this.#open.get(envelope.room);
    if (!open) return;
    this.#heal(open, open.room.receive(envelope));
    this.#announce(envelope);
  }

  #heal(open: Open, need: Need): void {
    if (need !== "gap") {
      clearTimeout(open.gap);
      open.gap = undefined;
    }
    if (need === "join") this.#join(open.room.name);
    // The server heals gaps by itself; only what it did not heal in time is asked for.
    if (need === "gap") {
      open.gap ??= setTimeout(() => {
        open.gap = undefined;
        this.#join(open.room.name);
      }, jittered(1_000));
    }
  }

  #left({ room: name, reason }: Left): void {
    const room = this.#open.get(name)?.room;
    if (reason === "resync") this.#join(name);
    else if (room) this.#bar(room, new Refusal({ ...GONE, fields: { reason } }));
  }

  #bar(room: Room<unknown>, refusal: Refusal): void {
    room.close(refusal);
    this.#presently(room.name, []);
    for (const run of this.#barred) run(room.name);
  }

  #presently(room: string, present: Parameters<Present>[1]): void {
    for (const run of this.#present) run(room, present);
  }

  #announce(envelope: Envelope): void {
    for (const run of this.#listeners) run(envelope);
  }
}

/** Between one and two times as long, so that many clients do not ask at once. */
export function jittered(milliseconds: number): number {
  return milliseconds * (1 + Math.random());
}
