// What holds for a moment only: who is typing, who looks at it. Lost signals do no harm; they run
// out.

import type { Wire } from "./connection.ts";
import { Value, type Watchable } from "./value.ts";
import type { ActorRef, Visibility } from "./wire.ts";

const AGAIN_AFTER = 3_000;
const RUNS_OUT_AFTER = { typing: 6_000, viewing: 45_000 };

/** So often who looks at something says so. */
export const VIEWING_EVERY = 20_000;

type Kind = keyof typeof RUNS_OUT_AFTER;

interface Signal {
  room: string;
  type: string;
  active: boolean;
  from: ActorRef;
}

export class Signals {
  readonly #wire: Wire;
  readonly #present = new Map<string, Value<readonly ActorRef[]>>();
  readonly #ends = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #told = new Map<string, number>();

  constructor(wire: Wire) {
    this.#wire = wire;
    wire.on("signal", (signal) => this.#receive(signal as Signal));
  }

  /** Who is typing in a room at present. */
  typingIn(room: string): Watchable<readonly ActorRef[]> {
    return this.#value("typing", room);
  }

  /** Who of the staff has a room in sight at present. */
  viewingIn(room: string): Watchable<readonly ActorRef[]> {
    return this.#value("viewing", room);
  }

  /** Tells the others in a room that this user has it in sight, or not any more. */
  view(room: string, active: boolean): void {
    this.#wire.tell("signal", { room, type: "viewing", active, visibility: "private" });
  }

  /** Tells the others in a room that this user types, at most every few seconds. */
  type(room: string, visibility: Visibility): void {
    const now = Date.now();
    if (now - (this.#told.get(room) ?? 0) < AGAIN_AFTER) return;
    this.#told.set(room, now);
    this.#wire.tell("signal", { room, type: "typing", active: true, visibility });
  }

  rest(room: string, visibility: Visibility): void {
    if (!this.#told.delete(room)) return;
    this.#wire.tell("signal", { room, type: "typing", active: false, visibility });
  }

  #receive({ room, type, active, from }: Signal): void {
    if (type !== "typing" && type !== "viewing") return;
    const key = `${type} ${room} ${from.id}`;
    clearTimeout(this.#ends.get(key));
    this.#ends.delete(key);
    const value = this.#value(type, room);
    const others = value.current.filter((other) => other.id !== from.id);
    const known = others.length < value.current.length;
    if (!active || !known) value.set(active ? [...others, from] : others);
    if (!active) return;
    const end = () => this.#receive({ room, type, active: false, from });
    this.#ends.set(key, setTimeout(end, RUNS_OUT_AFTER[type]));
  }

  #value(kind: Kind, room: string): Value<readonly ActorRef[]> {
    const key = `${kind} ${room}`;
    const known = this.#present.get(key);
    if (known) return known;
    const value = new Value<readonly ActorRef[]>([]);
    this.#present.set(key, value);
    return value;
  }
}
