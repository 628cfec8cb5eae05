// Folding what happens to the guesses of a ticket: the rules of domain/triage/evolve.py.

import type { Guess, Meta, StaffPart, TicketEvent, Triage } from "./wire.ts";

type Guessed = Guess["field"];

/** What was guessed, after an event; what people set themselves overrules or confirms it. */
export function evolveTriage(
  before: Triage | null,
  event: TicketEvent,
  meta: Meta,
  descriptionId: string | null,
): Triage | null {
  if (event.type === "ticket.triaged") {
    const { level, guesses, mood, language, summary, duplicates } = event;
    return { level, guesses, mood, language, summary, duplicates };
  }
  if (before === null) return null;
  switch (event.type) {
    case "ticket.guess_judged":
      return withState(before, event.field, event.verdict === "take" ? "taken" : "dismissed");
    case "message.edited":
    case "message.redacted":
      return event.message_id === descriptionId ? { ...before, summary: null } : before;
  }
  const set = setBy(event);
  if (set === null || meta.actor.kind !== "agent") return before;
  const guess = before.guesses.find((each) => each.field === set.field);
  const same = guess !== undefined && isSame(guess.values, set.values);
  return withState(before, set.field, same ? "taken" : "overruled");
}

/** The fields that staff set, after an event: nothing is guessed over them any more. */
export function evolveChosen(
  before: StaffPart["chosen"],
  event: TicketEvent,
  meta: Meta,
): StaffPart["chosen"] {
  if (meta.actor.kind !== "agent") return before;
  if (event.type === "ticket.opened") {
    return [
      ...(event.category === null ? [] : ["category" as const]),
      ...(event.priority === "medium" ? [] : ["priority" as const]),
    ];
  }
  const set = setBy(event);
  return set === null || before.includes(set.field) ? before : [...before, set.field];
}

/** The field that an event sets, and to what. */
function setBy(event: TicketEvent): { field: Guessed; values: readonly string[] } | null {
  switch (event.type) {
    case "ticket.category_changed":
      return { field: "category", values: event.category === null ? [] : [event.category] };
    case "ticket.priority_changed":
      return { field: "priority", values: [event.priority] };
    case "ticket.skills_changed":
      return { field: "skills", values: event.required_skills };
    default:
      return null;
  }
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((value, at) => value === others[at]);
}

function withState(triage: Triage, field: Guessed, state: Guess["state"]): Triage {
  const guesses = triage.guesses.map((each) => (each.field === field ? { ...each, state } : each));
  return { ...triage, guesses };
}
