// The help centre's articles: found while somebody types, listed, read, written.

import type { Api } from "./api.ts";
import { Value, type Watchable } from "./value.ts";
import type { Id } from "./wire.ts";

export type Reach = "public" | "staff";
export type Stage = "draft" | "published";

/** An answer written once for many questions; `body` is Markdown. */
export interface Article {
  id: Id;
  version: number;
  title: string;
  body: string;
  summary: string;
  category: Id | null;
  language: string;
  reach: Reach;
  stage: Stage;
  created_at: number;
  updated_at: number;
  author_id: Id;
}

/** What somebody may write of an article. */
export type Written = Pick<
  Article,
  "title" | "body" | "summary" | "category" | "language" | "reach" | "stage"
>;

/** A piece of a field with the places, [start, end) in characters, where the words stand. */
export interface Highlight {
  field: string;
  text: string;
  ranges: readonly (readonly [number, number])[];
}

export interface Found extends Omit<Written, "body"> {
  id: Id;
  score: number;
  highlights: readonly Highlight[];
}

export class Articles {
  readonly #api: Pick<Api, "read" | "all" | "post" | "put" | "delete">;
  readonly #all = new Value<readonly Article[] | null>(null);

  constructor(api: Pick<Api, "read" | "all" | "post" | "put" | "delete">) {
    this.#api = api;
  }

  /** All that this user may read, as they were last asked for; null before. */
  get all(): Watchable<readonly Article[] | null> {
    return this.#all;
  }

  async load(): Promise<void> {
    this.#all.set(await this.#api.all<Article>("/api/articles"));
  }

  async read(id: Id): Promise<Article> {
    return this.#note(await this.#api.read<Article>(`/api/articles/${id}`));
  }

  /** The best first; those in `language` before the others. */
  async search(words: string, language: string, most = 6): Promise<Found[]> {
    const asked = new URLSearchParams({ q: words.slice(0, 500), limit: String(most) });
    const { items } = await this.#api.read<{ items: Found[] }>(`/api/articles/search?${asked}`);
    return [
      ...items.filter((each) => each.language === language),
      ...items.filter((each) => each.language !== language),
    ];
  }

  async create(written: Written): Promise<Article> {
    return this.#note(await this.#api.post<Article>("/api/articles", written));
  }

  /** Changes the version that its writer saw; raises Refusal `conflict` where there is a newer. */
  async update(id: Id, version: number, written: Written): Promise<Article> {
    return this.#note(await this.#api.put<Article>(`/api/articles/${id}`, { version, ...written }));
  }

  async remove(id: Id): Promise<void> {
    await this.#api.delete(`/api/articles/${id}`);
    this.#all.update((all) => all && all.filter((each) => each.id !== id));
  }

  clear(): void {
    this.#all.set(null);
  }

  #note(article: Article): Article {
    this.#all.update((all) => all && [article, ...all.filter(({ id }) => id !== article.id)]);
    return article;
  }
}
