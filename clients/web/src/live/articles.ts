// The help centre's articles: found while somebody types, listed, read, written.

import { Documents, type Doors, type Versioned } from "./documents.ts";
import type { ActorRef, Id } from "./wire.ts";

export type Reach = "public" | "staff";
export type Stage = "draft" | "published";

/** What an article says. */
export interface Words {
  title: string;
  summary: string;
  body: string;
}

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
  /** What its writers made of a published one, and no reader sees yet. */
  revision: Words | null;
  /** The ticket that it was written from. */
  ticket_id: Id | null;
}

/** One saved change. */
export interface Version {
  version: number;
  type: string;
  actor: ActorRef;
  at: number;
  changed: readonly string[];
}

/** Whom an article helped: as it is, in all its earlier texts, and by answers that cited it. */
export interface Tally {
  article_id: Id;
  helpful: number;
  unhelpful: number;
  before: number;
  answers: number;
  answers_helpful: number;
  answers_unhelpful: number;
}

/** What a reader wrote of an article; `current` says that they read it as it is. */
export interface ReadersWord {
  helpful: boolean;
  word: string;
  at: number;
  current: boolean;
}

/** An article as its writers have it. */
export function asWritten(article: Article): Article {
  return article.revision ? { ...article, ...article.revision } : article;
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
    super(api, "/api/articles", "article");
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

  /** Puts words before the readers; what was kept for later is settled with it. */
  override update(id: Id, version: number, written: Written): Promise<Article> {
    return this.change(id, version, { ...written, revision: null });
  }

  /** Keeps the words of a published article from its readers; the rest changes at once. */
  keep(id: Id, version: number, written: Written): Promise<Article> {
    const { title, summary, body, ...rest } = written;
    return this.change(id, version, { ...rest, revision: { title, summary, body } });
  }

  /** The changes of an article, newest first, and where older ones begin. */
  versions(id: Id, after: string | null): Promise<{ items: Version[]; next: string | null }> {
    const from = after === null ? "" : `&after=${after}`;
    return this.api.read(`/api/articles/${id}/versions?limit=50${from}`);
  }

  /** An article as it was. */
  version(id: Id, version: number): Promise<Article> {
    return this.api.read(`/api/articles/${id}/versions/${version}`);
  }

  /** A draft from a solved ticket; the one that there is, where there is one. */
  fromTicket(ticket: Id): Promise<Article> {
    return this.api.post(`/api/tickets/${ticket}/article`, {});
  }

  async tallies(): Promise<Tally[]> {
    return (await this.api.read<{ items: Tally[] }>("/api/articles/feedback")).items;
  }

  tally(id: Id): Promise<{ tally: Tally; words: ReadersWord[] }> {
    return this.api.read(`/api/articles/${id}/feedback`);
  }
}

/** From worst to best: one that nobody said anything of is in the middle. */
export function shareOf({ helpful, unhelpful, answers_helpful, answers_unhelpful }: Tally): number {
  const good = helpful + answers_helpful;
  return (good + 1) / (good + unhelpful + answers_unhelpful + 2);
}
