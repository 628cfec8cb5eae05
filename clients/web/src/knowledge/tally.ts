// Whom an article helped, in words.

import { k } from "../language/knowledge.ts";
import type { Tally } from "../live/articles.ts";

export function told(tally: Tally): string {
  const { feedback } = k;
  const said = tally.helpful + tally.unhelpful;
  const rated = tally.answers_helpful + tally.answers_unhelpful;
  const parts = [
    said > 0 && feedback.helped(tally.helpful, said),
    tally.answers > 0 && feedback.answers(tally.answers),
    rated > 0 && feedback.answersHelped(tally.answers_helpful, rated),
    tally.before > 0 && feedback.before(tally.before),
  ].filter((part) => part !== false);
  return parts.length > 0 ? parts.join(" · ") : feedback.nobody;
}
