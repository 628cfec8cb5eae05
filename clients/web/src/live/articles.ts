// The help centre's articles: found while somebody types, listed, read, written.

import { Documents, type Doors, type Versioned } from "./documents.ts";
import type { Id } from "./wire.ts";

export type Reach = "public" | "staff";
export type Stage = "draft" | "published";

/** An answer written once for many questions; `body` is Markdown. */
export interface Article extends Versioned {
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

export class Articles extends Documents<Article, Written> {
  constructor(api: Doors) {
    super(api, "/api/articles");
  }

  /** The best first; those in `language` before the others. */
  async search(words: string, language: string, most = 6): Promise<Found[]> {
    const asked = new URLSearchParams({ q: words.slice(0, 500), limit: String(most) });
    const { items } = await this.api.read<{ items: Found[] }>(`/api/articles/search?${asked}`);
    return [
      ...items.filter((each) => each.language === language),
      ...items.filter((each) => each.language !== language),
    ];
  }
}
