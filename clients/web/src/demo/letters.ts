// The letters that the demo keeps instead of sending them; looked at anew while they are in sight.

import type { Api } from "../live/api.ts";
import { Value, type Stop, type Watchable } from "../live/value.ts";
import type { Id, Millis } from "../live/wire.ts";
import type { Door } from "./door.ts";
import type { Guide } from "./guide.ts";

export interface Letter {
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  at: Millis;
  ticket_id: Id | null;
}

interface Page {
  items: Letter[];
  next: string | null;
}

/** Newest first; null while they are asked for the first time. */
export interface Post {
  letters: readonly Letter[] | null;
  more: boolean;
  error: unknown;
}

const EVERY = 3_000;
const MOST = 50;

export class Letters {
  readonly #api: Api;
  readonly #guide: Guide;
  readonly #door: Door;
  readonly #post = new Value<Post>({ letters: null, more: false, error: null });
  #next: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(guide: Guide, door: Door) {
    this.#guide = guide;
    this.#door = door;
    this.#api = guide.api;
  }

  get post(): Watchable<Post> {
    return this.#post;
  }

  /** Looks for new ones while the page is in sight and the door answers, until it is stopped. */
  watch(): Stop {
    let watched = true;
    let away: boolean | null = null;
    const look = () => {
      clearTimeout(this.#timer);
      if (!watched || away || document.visibilityState !== "visible") return;
      void this.#look().finally(() => {
        clearTimeout(this.#timer);
        if (watched) this.#timer = setTimeout(look, EVERY);
      });
    };
    const hear = this.#door.seen.subscribe(({ error }) => {
      const before = away;
      away = error !== null;
      if (away !== before) look();
    });
    document.addEventListener("visibilitychange", look);
    return () => {
      watched = false;
      hear();
      clearTimeout(this.#timer);
      document.removeEventListener("visibilitychange", look);
    };
  }

  /** Fetches older ones. */
  async more(): Promise<void> {
    if (this.#next === null) return;
    await this.#ask(`after=${encodeURIComponent(this.#next)}&`);
  }

  async #look(): Promise<void> {
    await this.#ask("");
  }

  async #ask(after: string): Promise<void> {
    try {
      await this.#guide.enter();
      const page = await this.#api.get<Page>(`/api/demo/mail?${after}limit=${MOST}`);
      const known = this.#post.current.letters;
      if (after !== "" || known === null) this.#next = page.next;
      this.#post.set({ letters: join(known, page.items), more: this.#next !== null, error: null });
    } catch (error) {
      this.#post.update((post) => ({ ...post, error }));
    }
  }
}

/** Of what was fetched, the letters to one address; all of them where none is named. */
export function addressedTo(to: string | null, post: Post): Post {
  if (to === null || post.letters === null) return post;
  return { ...post, letters: post.letters.filter((letter) => letter.to === to) };
}

/** The page of the letters to somebody, or to everybody. */
export function addressOf(to: string | null): string {
  return to === null ? "/demo/mail" : `/demo/mail?${new URLSearchParams({ to })}`;
}

/** Each letter once, as it was fetched last, newest first. */
function join(known: readonly Letter[] | null, fetched: readonly Letter[]): readonly Letter[] {
  const all = new Map([...(known ?? []), ...fetched].map((letter) => [letter.id, letter]));
  const order = (one: Letter, other: Letter) => other.at - one.at || (one.id < other.id ? 1 : -1);
  return [...all.values()].sort(order);
}
