// How far somebody has read: what is at the end and in sight, for a moment.

import { untrack } from "svelte";
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
      if (head() > 0) marks.reach(ticketId, { delivered: head() });
    });
    // What comes while one looks does not begin the moment anew: in a busy room nothing was read.
    const unread = $derived(head() > this.upTo);
    $effect(() => {
      void this.upTo;
      if (!unread || !this.atEnd || !this.#inSight) return;
      const shown = untrack(head);
      const timer = setTimeout(() => this.reach(shown), DWELL);
      return () => clearTimeout(timer);
    });
  }

  reach(seq: number): void {
    this.upTo = Math.max(this.upTo, seq);
    marks.reach(this.#ticketId, { read: this.upTo });
  }
}
