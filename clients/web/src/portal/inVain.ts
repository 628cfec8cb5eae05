// Searches that led nowhere are told, so that somebody writes what is missing; never by whom.

import { language } from "../language/language.ts";
import { tell } from "./telling.ts";

const LEAST = 6; // Letters; less is hardly a question.
let last = "";

/** Tells of a search once its reader went away from it; a longer form of the last one is new. */
export function tellInVain(words: string): void {
  const q = words.trim().slice(0, 300);
  if (q.length < LEAST || last.startsWith(q)) return;
  last = q;
  // It is for those who write, so its reader hears nothing of it, nor of its failure.
  tell("/api/questions/searched", { q, language: language() }).catch(() => undefined);
}
