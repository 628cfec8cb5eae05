// What holds for a moment only: who is typing, who looks at it. The server keeps it: it tells every
// change once, and all that is done in a room to whoever enters.

import type { Wire } from "./connection.ts";
import type { Rooms } from "./rooms.ts";
import { Value, type Stop, type Watchable } from "./value.ts";
import type { ActorRef, AssistantText, Changed, Doing, HeardSignal, Visibility } from "./wire.ts";

const TYPING_AGAIN = 3_000; // What is not said again in time runs out on the server.
const VIEWING_AGAIN = 20_000;

type Kind = Doing["type"];

function isDoing(each: { type: string }): each is Doing {
  return each.type !== "assistant.delta";
}

export class Signals {
  readonly #wire: Wire;
  readonly #present = new Map<string, Value<readonly ActorRef[]>>();
  readonly #told = new Map<string, number>();
  readonly #viewed = new Set<string>();

  constructor(wire: Wire, rooms: Rooms) {
    this.#wire = wire;
    wire.on("signal", (signal) => this.#receive(signal as HeardSignal));
    rooms.onPresent((room, present) => this.#enter(room, present.filter(isDoing)));
    wire.online.subscribe((online) => {
      if (!online) for (const value of this.#present.values()) value.set([]);
    });
  }

  /** Who is typing in a room at present. */
  typingIn(room: string): Watchable<readonly ActorRef[]> {
    return this.#value("typing", room);
  }

  /** Who of the staff has a room in sight at present. */
  viewingIn(room: string): Watchable<readonly ActorRef[]> {
    return this.#value("viewing", room);
  }

  /** Tells the others in a room that this user has it in sight, until it is stopped. */
  view(room: string): Stop {
    this.#viewed.add(room);
    this.#view(room, true);
    const again = setInterval(() => this.#view(room, true), VIEWING_AGAIN);
    return () => {
      clearInterval(again);
      this.#viewed.delete(room);
      this.#view(room, false);
    };
  }

  /** Tells the others in a room that this user types, at most every few seconds. */
  type(room: string, visibility: Visibility): void {
    const now = Date.now();
    if (now - (this.#told.get(room) ?? 0) < TYPING_AGAIN) return;
    this.#told.set(room, now);
    this.#wire.tell("signal", { room, type: "typing", active: true, visibility });
  }

  rest(room: string, visibility: Visibility): void {
    if (!this.#told.delete(room)) return;
    this.#wire.tell("signal", { room, type: "typing", active: false, visibility });
  }

  #view(room: string, active: boolean): void {
    this.#wire.tell("signal", { room, type: "viewing", active, visibility: "private" });
  }

  #enter(room: string, present: readonly (Doing | AssistantText)[]): void {
    for (const kind of ["typing", "viewing"] as const) {
      const who = present.flatMap((each) => (each.type === kind ? [each.from] : []));
      if (who.length > 0 || this.#value(kind, room).current.length > 0)
        this.#value(kind, room).set(who);
    }
    if (this.#viewed.has(room)) this.#view(room, true); // Another socket has to say it itself.
  }

  #receive(signal: HeardSignal): void {
    if (signal.type === "several") {
      for (const each of signal.signals) this.#change(signal.room, each);
    } else if (signal.type === "typing" || signal.type === "viewing") {
      this.#change(signal.room, signal);
    }
  }

  #change(room: string, { type, active, from }: Changed): void {
    const value = this.#value(type, room);
    const others = value.current.filter((other) => other.id !== from.id);
    const known = others.length < value.current.length;
    if (active !== known) value.set(active ? [...others, from] : others);
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
