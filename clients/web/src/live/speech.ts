// What the assistant is writing at the moment: a text that grows before everybody's eyes, the same
// for who comes late. Nothing of it is kept; what it comes to is a message.

import type { Wire } from "./connection.ts";
import { isActive } from "./lifecycle.ts";
import type { Rooms } from "./rooms.ts";
import { Value, type Watchable } from "./value.ts";
import type { AssistantLevel, AssistantText, Doing, HeardSignal, Ticket } from "./wire.ts";

/** A text so far, and which message it answers. */
export interface Speech {
  about_seq: number;
  generation: number;
  text: string;
  /** What it is made by, as its message will say. */
  level: AssistantLevel | null;
  /** It came to nothing: pieces that are late do not bring it back. */
  ended: boolean;
  /** What comes next does not go on from here: the whole of it is asked for. */
  torn: boolean;
}

/** The text after a piece of it. */
export function hear(before: Speech | null, piece: AssistantText): Speech | null {
  const { about_seq, generation, index, level, done } = piece;
  const age = before
    ? about_seq - before.about_seq || generation - before.generation
    : Number.POSITIVE_INFINITY;
  if (before && (age < 0 || (age === 0 && before.ended))) return before;
  const known = age === 0 && before ? before.text : "";
  const torn = index > known.length && !done;
  const text = done ? "" : torn ? known : known.slice(0, index) + piece.text;
  return { about_seq, generation, text, level, ended: done, torn };
}

/** What is written in a ticket now, "" before the first word; null where nothing is awaited.
 *
 * So it ends in the very moment in which the message is there, or something else came first.
 */
export function writtenIn({ assistant, status }: Ticket, speech: Speech | null): string | null {
  if (assistant?.state !== "waiting" || !isActive(status)) return null;
  return speech?.about_seq === assistant.seq ? speech.text : "";
}

export class Speeches {
  readonly #rooms: Rooms;
  readonly #known = new Map<string, Value<Speech | null>>();

  constructor(wire: Wire, rooms: Rooms) {
    this.#rooms = rooms;
    wire.on("signal", (signal) => {
      const heard = signal as HeardSignal;
      if (heard.type === "assistant.delta") this.#hear(heard.room, heard);
    });
    rooms.onPresent((room, present) => this.#enter(room, present));
  }

  /** What is being written in a room. */
  in(room: string): Watchable<Speech | null> {
    return this.#value(room);
  }

  #hear(room: string, piece: AssistantText): void {
    const value = this.#value(room);
    const before = value.current;
    const after = hear(before, piece);
    if (after === before) return;
    value.set(after);
    if (after?.torn && !before?.torn) this.#rooms.again(room);
  }

  /** All that is written in a room which is entered: what was known before is over. */
  #enter(room: string, present: readonly (Doing | AssistantText)[]): void {
    const pieces = present.filter((each) => each.type === "assistant.delta");
    if (pieces.length > 0 || this.#known.has(room)) {
      this.#value(room).set(pieces.reduce<Speech | null>(hear, null));
    }
  }

  #value(room: string): Value<Speech | null> {
    const known = this.#known.get(room);
    if (known) return known;
    const value = new Value<Speech | null>(null);
    this.#known.set(room, value);
    return value;
  }
}
