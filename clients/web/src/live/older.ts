// Tickets beyond what the feed rooms keep, fetched page by page as somebody comes to their end.

import type { Api } from "./api.ts";
import { rowOf, type Known } from "./inbox.ts";
import { Value, type Watchable } from "./value.ts";
import type { Row, Ticket } from "./wire.ts";

const PAGE = 100;

export interface OlderState {
  known: readonly Known[];
  /** The last row of the last page; null while there is none. */
  frontier: Row | null;
  /** Whether the last page is here. */
  complete: boolean;
  busy: boolean;
  error: unknown;
}

const NOTHING: OlderState = {
  known: [],
  frontier: null,
  complete: false,
  busy: false,
  error: null,
};

export class Older {
  readonly #api: Pick<Api, "get">;
  readonly #state = new Value(NOTHING);
  #query = "";
  #next: string | null = null;
  #asked = 0;

  constructor(api: Pick<Api, "get">) {
    this.#api = api;
  }

  get state(): Watchable<OlderState> {
    return this.#state;
  }

  /** Starts over for another list, and fetches its beginning. */
  choose(query: string): Promise<void> {
    this.#query = query;
    this.#next = null;
    this.#asked += 1;
    this.#state.set(NOTHING);
    return this.load();
  }

  /** Fetches the next page, unless there is none or it is on its way. */
  async load(): Promise<void> {
    const { busy, complete } = this.#state.current;
    if (busy || complete) return;
    this.#state.update((state) => ({ ...state, busy: true, error: null }));
    await this.#during(async (current) => {
      const page = await this.#page(this.#next);
      if (current()) this.#take(this.#state.current.known, page);
    });
  }

  /** Fetches again what is shown, as after a break in which rows may have changed unheard. */
  async again(): Promise<void> {
    if (this.#state.current.frontier === null) return this.choose(this.#query);
    const wanted = this.#state.current.known.length;
    this.#asked += 1;
    await this.#during(async (current) => {
      let page = await this.#page(null);
      let known = page.items.map(knownOf);
      while (current() && page.next !== null && known.length < wanted) {
        page = await this.#page(page.next);
        known = [...known, ...page.items.map(knownOf)];
      }
      if (current()) this.#take(known.slice(0, known.length - page.items.length), page);
    });
  }

  /** Runs this unless another list is chosen meanwhile. */
  async #during(run: (current: () => boolean) => Promise<void>): Promise<void> {
    const asked = this.#asked;
    const current = () => asked === this.#asked;
    try {
      await run(current);
    } catch (error) {
      if (current()) this.#state.update((state) => ({ ...state, busy: false, error }));
    }
  }

  #page(after: string | null): Promise<{ items: Ticket[]; next: string | null }> {
    const from = after === null ? "" : `&after=${encodeURIComponent(after)}`;
    return this.#api.get(`/api/tickets?${this.#query}&limit=${PAGE}${from}`);
  }

  #take(before: readonly Known[], page: { items: Ticket[]; next: string | null }): void {
    const known = [...before, ...page.items.map(knownOf)];
    this.#next = page.next;
    this.#state.set({
      known,
      frontier: known.at(-1)?.row ?? null,
      complete: page.next === null,
      busy: false,
      error: null,
    });
  }
}

function knownOf(ticket: Ticket): Known {
  return { seq: ticket.seq, row: rowOf(ticket) };
}
