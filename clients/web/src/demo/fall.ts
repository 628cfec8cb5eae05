// What happens to the frames when a node falls: how long they were without one, and what they kept.

import type { FrameName } from "./frames.ts";

/** How a frame came through: `ms` is null where it was on the other node all the time. */
export interface Landing {
  frame: FrameName;
  ms: number | null;
  before: number;
  after: number;
}

interface Falling {
  node: string | null;
  before: number;
  /** Its node fell, whether it knows already or not. */
  struck: boolean;
  lostAt: number | null;
  backAt: number | null;
}

/** What is looked at of a frame. */
export interface Faller {
  name: FrameName;
  node: string | null;
  messages: number;
}

export class Fall {
  readonly #frames = new Map<FrameName, Falling>();
  #fell = false;

  /** Takes a look at the frames and at the nodes that run; `now` in milliseconds of any clock. */
  look(frames: readonly Faller[], now: number): void {
    for (const { name, node, messages } of frames) {
      const known = this.#frames.get(name);
      if (!known) {
        this.#frames.set(name, {
          node,
          before: messages,
          struck: false,
          lostAt: null,
          backAt: null,
        });
        continue;
      }
      if (node === null && known.node !== null) {
        known.lostAt ??= now;
        known.backAt = null;
        this.#fell = true;
      }
      if (node !== null && known.lostAt !== null) known.backAt ??= now;
      if (!this.#fell) known.before = messages;
      known.node = node;
    }
  }

  /** Notes that a node fell, which perhaps no frame was on. */
  fell(node: string): void {
    this.#fell = true;
    for (const known of this.#frames.values()) known.struck ||= known.node === node;
  }

  /** How the frames came through; null while nothing fell or one of them is not back. */
  landings(frames: readonly Faller[]): readonly Landing[] | null {
    if (!this.#fell) return null;
    const landings: Landing[] = [];
    for (const { name, node, messages } of frames) {
      const known = this.#frames.get(name);
      if (!known || node === null || messages < known.before) return null;
      if (known.struck && known.lostAt === null) return null;
      const ms = known.lostAt === null ? null : Math.round((known.backAt ?? 0) - known.lostAt);
      landings.push({ frame: name, ms, before: known.before, after: messages });
    }
    return landings;
  }
}
