// What of a ticket's guesses there is to show.

import type { Guess, Message, Ticket, Triage } from "../live/wire.ts";

/** From here on a guess is said to be likely; below it is a perhaps. */
const LIKELY = 0.7;

/** Those that wait for a word, or count by themselves; the others are in the ticket or nowhere. */
export function openGuesses({ guesses }: Triage): Guess[] {
  return guesses.filter(({ state }) => state === "suggested" || state === "applied");
}

export function isLikely({ confidence }: Guess): boolean {
  return confidence >= LIKELY;
}

/** The sentence that says most; null where its message is not here, or says something else now. */
export function summaryOf(
  triage: Triage,
  ticket: Ticket,
  messages: readonly Message[],
): string | null {
  const described = messages.find(({ id }) => id === ticket.description_id);
  if (!triage.summary || !described || described.edited_at || described.redacted_at) return null;
  return described.body.slice(triage.summary.start, triage.summary.end) || null;
}

/** Whether there is anything to say at all. */
export function saysSomething(triage: Triage, spoken: string, summary: string | null): boolean {
  const { mood, language, duplicates } = triage;
  const felt = mood === "glad" || mood === "upset";
  const foreign = language !== null && language !== spoken;
  return (
    openGuesses(triage).length > 0 || felt || foreign || summary !== null || duplicates.length > 0
  );
}
