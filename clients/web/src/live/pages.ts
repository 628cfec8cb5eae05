// A list that the server answers page by page, fetched as somebody comes to its end.

import type { Api } from "./api.ts";
import { Value, type Watchable } from "./value.ts";
import type { Id } from "./wire.ts";

const PAGE = 100;

interface Page<Item> {
  items: Item[];
  next: string | null;
}

export interface PagesState<Item> {
  known: readonly Item[];
  /** Whether the last page is here. */
  complete: boolean;
  busy: boolean;
  error: unknown;
}

export class Pages<Item extends { id: Id }> {
  readonly #api: Pick<Api, "get">;
  readonly #path: string;
  readonly #state = new Value<PagesState<Item>>(nothing());
  #query = "";
  #next: string | null = null;
  #asked = 0;

  /** `path` is where the API has the list. */
  constructor(api: Pick<Api, "get">, path: string) {
    this.#api = api;
    this.#path = path;
  }

  get state(): Watchable<PagesState<Item>> {
    return this.#state;
  }

  /** Starts over for another list, and fetches its beginning. */
  choose(query: string): Promise<void> {
    this.#query = query;
    this.#next = null;
    this.#asked += 1;
    this.#state.set(nothing());
    return this.load();
  }

  /** Fetches the next page, unless there is none or it is on its way. */
  async load(): Promise<void> {
    const { busy, complete } = this.#state.current;
    if (busy || complete) return;
    this.#state.update((state) => ({ ...state, busy: true, error: null }));
    await this.#during(async (current) => {
      const page = await this.#page(this.#next);
      if (current()) this.#take(joined(this.#state.current.known, page.items), page.next);
    });
  }

  /** Fetches again what is shown, as after a break in which it may have changed unheard. */
  async again(): Promise<void> {
    const wanted = this.#state.current.known.length;
    if (wanted === 0) return this.choose(this.#query);
    this.#asked += 1;
    await this.#during(async (current) => {
      let page = await this.#page(null);
      let known: readonly Item[] = page.items;
      while (current() && page.next !== null && known.length < wanted) {
        page = await this.#page(page.next);
        known = joined(known, page.items);
      }
      if (current()) this.#take(known, page.next);
    });
  }

  /** Changes what is known, such as an item that was made or changed here. */
  amend(how: (known: readonly Item[]) => readonly Item[]): void {
    this.#state.update((state) => ({ ...state, known: how(state.known) }));
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

  #page(after: string | null): Promise<Page<Item>> {
    const from = after === null ? "" : `&after=${encodeURIComponent(after)}`;
    return this.#api.get(`${this.#path}?${this.#query}&limit=${PAGE}${from}`);
  }

  #take(known: readonly Item[], next: string | null): void {
    this.#next = next;
    this.#state.set({ known, complete: next === null, busy: false, error: null });
  }
}

/** What was amended may come again with a page, which is newer. */
function joined<Item extends { id: Id }>(known: readonly Item[], page: readonly Item[]): Item[] {
  const come = new Set(page.map(({ id }) => id));
  return [...known.filter(({ id }) => !come.has(id)), ...page];
}

function nothing(): PagesState<never> {
  return { known: [], complete: false, busy: false, error: null };
}
