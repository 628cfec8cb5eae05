// What the assistant can do at present, as the server says it.

import type { AssistantLevel, AssistantState } from "../live/wire.ts";

/** A model of the workers; `name` is null until it is there. */
export interface ModelStanding {
  state: "none" | "loading" | "ready" | "down";
  name: string | null;
}

export type WhyNotMore = "no_inbox" | "no_worker" | "no_articles" | "no_model";

export interface Standing {
  level: Exclude<AssistantLevel, "question">;
  /** What keeps it from the next level; null at the highest. */
  why: WhyNotMore | null;
  embedder: ModelStanding;
  llm: ModelStanding;
  articles: number;
  /** Active ones, by whose turn it is. */
  tickets: Readonly<Record<AssistantState, number>>;
  /** Of the last 30 days. */
  copilot: Readonly<Record<"asked" | "used" | "changed" | "dropped", number>>;
}

/** What has to be there, one after the other; the last raises it from quoting to wording. */
const STEPS: readonly WhyNotMore[] = ["no_inbox", "no_worker", "no_articles", "no_model"];

/** Each step, whether it is taken, and which is the next. */
export function stepsOf({ why }: Standing): { step: WhyNotMore; done: boolean; next: boolean }[] {
  const at = why === null ? STEPS.length : STEPS.indexOf(why);
  return STEPS.map((step, place) => ({ step, done: place < at, next: place === at }));
}
