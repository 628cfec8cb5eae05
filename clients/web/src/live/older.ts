// Tickets beyond what a feed room keeps, fetched page by page when somebody asks for them.

import type { Api } from "./api.ts";
import type { Filter } from "./inbox.ts";
import { Value, type Watchable } from "./value.ts";
import type { Id, Ticket } from "./wire.ts";

/** So many rows a feed room shows at most. */
export const FEED_ROWS = 200;

const ACTIVE = "open,in_progress,pending";
const PAGE = 100;

export interface OlderState {
  tickets: readonly Ticket[];
  /** Whether there may be more. */
  more: boolean;
  busy: boolean;
  error: unknown;
}

const NOTHING: OlderState = { tickets: [], more: true, busy: false, error: null };

export class Older {
  readonly #api: Pick<Api, "get">;
  readonly #state = new Value(NOTHING);
  #query = "";
  #next: string | null = null;

  constructor(api: Pick<Api, "get">) {
    this.#api = api;
  }

  get state(): Watchable<OlderState> {
    return this.#state;
  }

  /** Starts over for another list. */
  choose(filter: Filter, teamId: Id | ""): void {
    this.#query = queryOf(filter, teamId);
    this.#next = null;
    this.#state.set(NOTHING);
  }

  async load(): Promise<void> {
    const query = this.#query;
    this.#state.update((state) => ({ ...state, busy: true, error: null }));
    const after = this.#next === null ? "" : `&after=${encodeURIComponent(this.#next)}`;
    try {
      const page = await this.#api.get<{ items: Ticket[]; next: string | null }>(
        `/api/tickets?${query}&limit=${PAGE}${after}`,
      );
      if (query !== this.#query) return;
      this.#next = page.next;
      this.#state.update(({ tickets }) => ({
        tickets: [...tickets, ...page.items],
        more: page.next !== null,
        busy: false,
        error: null,
      }));
    } catch (error) {
      if (query !== this.#query) return;
      this.#state.update((state) => ({ ...state, busy: false, error }));
    }
  }
}

function queryOf(filter: Filter, teamId: Id | ""): string {
  const team = teamId === "" ? "" : `&team_id=${teamId}`;
  switch (filter) {
    case "active":
      return `status=${ACTIVE}${team}`;
    case "mine":
      return `status=${ACTIVE}&owner_id=me${team}`;
    case "unassigned":
      return `status=${ACTIVE}&owner_id=none${team}`;
    default:
      return `status=${filter}${team}`;
  }
}
