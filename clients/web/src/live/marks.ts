// How far this user got in each ticket: told seldom, only upwards; what was read is kept here too.

import type { Wire } from "./connection.ts";
import { Value, type Watchable } from "./value.ts";
import type { Id } from "./wire.ts";

const TELL_AFTER = 400; // Time enough, too, for the rooms to be joined after a reconnect.

interface Mark {
  delivered: number;
  read: number;
}

/** What this machine knows of a user's reading: since when, and how far in each ticket. */
export interface Reading {
  since: number;
  upTo: Readonly<Record<Id, number>>;
}

const NOTHING: Mark = { delivered: 0, read: 0 };
const UNREAD: Reading = { since: Infinity, upTo: {} };
const KEPT_MOST = 500; // Tickets; who has more reads the oldest again.

export class Marks {
  readonly #wire: Wire;
  readonly #storage: Storage | null;
  readonly #reading = new Value<Reading>(UNREAD);
  #owner: string | null = null;
  readonly #reached = new Map<Id, Mark>();
  readonly #untold = new Set<Id>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(wire: Wire, storage: Storage | null = null) {
    this.#wire = wire;
    this.#storage = storage;
    wire.online.subscribe((online) => online && this.#tellSoon());
  }

  /** How far this user has read, as far as this machine knows. */
  get reading(): Watchable<Reading> {
    return this.#reading;
  }

  /** Goes on where this user left off here; the first time, from now on. */
  own(user: string | null): void {
    this.#owner = user;
    this.#reading.set(this.#stored() ?? { since: Date.now(), upTo: {} });
    if (user !== null) this.#keep();
  }

  /** Forgets what the present user read, as at a log-out. */
  empty(): void {
    if (this.#owner !== null) this.#storage?.removeItem(this.#key);
  }

  /** Another tab of the same user read something. */
  changedElsewhere(key: string | null): void {
    if (this.#owner === null || key !== this.#key) return;
    const stored = this.#stored();
    if (stored) this.#reading.set(stored);
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
    if (read > before.read) this.#note(ticketId, read);
    this.#untold.add(ticketId);
    this.#tellSoon();
  }

  clear(): void {
    this.#reached.clear();
    this.#untold.clear();
  }

  #note(ticketId: Id, read: number): void {
    const { since, upTo } = this.#reading.current;
    const { [ticketId]: known = 0, ...others } = upTo;
    if (known >= read) return;
    const newest = Object.entries(others).slice(-KEPT_MOST + 1);
    this.#reading.set({ since, upTo: { ...Object.fromEntries(newest), [ticketId]: read } });
    this.#keep();
  }

  #stored(): Reading | null {
    try {
      return JSON.parse(this.#storage?.getItem(this.#key) ?? "null") as Reading | null;
    } catch {
      return null;
    }
  }

  #keep(): void {
    try {
      this.#storage?.setItem(this.#key, JSON.stringify(this.#reading.current));
    } catch {
      // A full storage: it holds for this page.
    }
  }

  get #key(): string {
    return `deskwire.read.${this.#owner}`;
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
