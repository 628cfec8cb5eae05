// One room: a snapshot, then every envelope once and in order.

import { receive, restart, resume, UNJOINED, type Advance, type Chain } from "./chain.ts";
import type { Refusal } from "./refusal.ts";
import { Value, type Watchable } from "./value.ts";
import type { Rules } from "./views.ts";
import type { Cursor, Envelope, RoomJoined } from "./wire.ts";

export type RoomState<View> =
  | { status: "joining"; view: null }
  | { status: "live"; view: View }
  /** Not to be seen: it never was, or access was lost. */
  | { status: "closed"; view: null; error: Refusal };

/** What a room needs next from the server. */
export type Need = "nothing" | "join" | "gap";

export class Room<View> {
  readonly name: string;
  readonly #rules: Rules<View>;
  readonly #state = new Value<RoomState<View>>({ status: "joining", view: null });
  #chain: Chain = UNJOINED;

  constructor(name: string, rules: Rules<View>) {
    this.name = name;
    this.#rules = rules;
  }

  get state(): Watchable<RoomState<View>> {
    return this.#state;
  }

  get seq(): number {
    return this.#chain.seq;
  }

  /** How a join names this room: from here on, or anew. */
  get cursor(): Cursor {
    const { epoch, seq } = this.#chain;
    if (epoch === null) return { room: this.name };
    return { room: this.name, epoch, after: seq };
  }

  /** Takes the answer to a join; it may have to be asked for more. */
  answer(answer: RoomJoined): Need {
    if (answer.snapshot !== null) {
      const older = answer.epoch === this.#chain.epoch && answer.seq < this.#chain.seq;
      if (!older) {
        this.#state.set({ status: "live", view: this.#rules.start(answer.snapshot) });
        this.#apply(restart(this.#chain, answer.epoch, answer.seq));
      }
    }
    this.#apply(resume(this.#chain, answer.envelopes));
    if (answer.more) return "join";
    return this.#chain.held.length > 0 ? "gap" : "nothing";
  }

  /** Takes an envelope that came by itself. */
  receive(envelope: Envelope): Need {
    const advance = receive(this.#chain, envelope);
    if (advance.lost) {
      this.#chain = UNJOINED;
      return "join";
    }
    this.#apply(advance);
    return this.#chain.epoch !== null && this.#chain.held.length > 0 ? "gap" : "nothing";
  }

  /** Ends the room: nothing of it may be shown any more. */
  close(error: Refusal): void {
    this.#chain = UNJOINED;
    this.#state.set({ status: "closed", view: null, error });
  }

  /** Changes what is shown beside the envelopes, such as older messages that were fetched. */
  amend(how: (view: View) => View): void {
    const { view } = this.#state.current;
    if (view !== null) this.#state.set({ status: "live", view: how(view) });
  }

  #apply({ chain, ready }: Advance): void {
    this.#chain = chain;
    if (ready.length > 0) this.amend((view) => ready.reduce(this.#rules.fold, view));
  }
}
