// How far this user got in each ticket: told seldom, only upwards.

import type { Wire } from "./connection.ts";
import type { Id } from "./wire.ts";

const TELL_AFTER = 400; // Time enough, too, for the rooms to be joined after a reconnect.

interface Mark {
  delivered: number;
  read: number;
}

const NOTHING: Mark = { delivered: 0, read: 0 };

export class Marks {
  readonly #wire: Wire;
  readonly #reached = new Map<Id, Mark>();
  readonly #untold = new Set<Id>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(wire: Wire) {
    this.#wire = wire;
    wire.online.subscribe((online) => online && this.#tellSoon());
  }

  /** How far this user has read a ticket, as far as this page knows. */
  readUpTo(ticketId: Id): number {
    return this.#reached.get(ticketId)?.read ?? 0;
  }

  reach(ticketId: Id, to: Partial<Mark>): void {
    const before = this.#reached.get(ticketId) ?? NOTHING;
    const read = Math.max(before.read, to.read ?? 0);
    const delivered = Math.max(before.delivered, to.delivered ?? 0, read);
    if (read === before.read && delivered === before.delivered) return;
    this.#reached.set(ticketId, { delivered, read });
    this.#untold.add(ticketId);
    this.#tellSoon();
  }

  clear(): void {
    this.#reached.clear();
    this.#untold.clear();
  }

  #tellSoon(): void {
    if (this.#timer === undefined) this.#timer = setTimeout(() => void this.#tell(), TELL_AFTER);
  }

  async #tell(): Promise<void> {
    this.#timer = undefined;
    if (!this.#wire.online.current) return;
    const marks = [...this.#untold].map((id) => ({ ticket_id: id, ...this.#reached.get(id) }));
    this.#untold.clear();
    for (const mark of marks) {
      try {
        await this.#wire.ask("mark", mark);
      } catch {
        this.#untold.add(mark.ticket_id); // Told with the next one, or when the connection is back.
      }
    }
  }
}
