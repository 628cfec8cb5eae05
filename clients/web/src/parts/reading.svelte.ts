// How far somebody has read: what is at the end and in sight, for a moment.

import { on } from "svelte/events";
import { marks } from "../desk.ts";
import type { Id } from "../live/wire.ts";

const DWELL = 500;

export class Reading {
  /** Whether one reads at the end of the conversation. */
  atEnd = $state(true);
  upTo: number;
  readonly #ticketId: Id;
  #inSight = $state(document.visibilityState === "visible");

  /** Belongs to the component that makes it; `head` is the last commit that is shown. */
  constructor(ticketId: Id, head: () => number) {
    this.#ticketId = ticketId;
    this.upTo = $state(marks.readUpTo(ticketId));
    $effect(() =>
      on(document, "visibilitychange", () => {
        this.#inSight = document.visibilityState === "visible";
      }),
    );
    $effect(() => {
      const reached = head();
      if (reached === 0) return;
      marks.reach(ticketId, { delivered: reached });
      if (!this.atEnd || !this.#inSight) return;
      const timer = setTimeout(() => this.reach(reached), DWELL);
      return () => clearTimeout(timer);
    });
  }

  reach(seq: number): void {
    this.upTo = Math.max(this.upTo, seq);
    marks.reach(this.#ticketId, { read: this.upTo });
  }
}
