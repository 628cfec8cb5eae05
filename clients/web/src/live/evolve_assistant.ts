// Folding what happens to the assistant's part in a ticket: the rules of domain/assistant/evolve.py.

import type { Assistant, Briefing, Meta, TicketEvent } from "./wire.ts";

const KEPT = 20;

/** Whether it is the assistant who speaks in this ticket. */
export function isItsTurn(assistant: Assistant | null): boolean {
  return assistant !== null && assistant.state !== "handed_over";
}

/** The public part after an event; null where the assistant has no part in the ticket. */
export function evolveAssistant(
  before: Assistant | null,
  event: TicketEvent,
  meta: Meta,
): Assistant | null {
  const moved = { seq: meta.seq, at: meta.at };
  if (event.type === "assistant.engaged") {
    return { ...moved, state: "waiting", answers: 0, unhelpful: 0, reason: null };
  }
  if (event.type === "ticket.deleted") return null;
  if (before === null || !isItsTurn(before)) return before;
  switch (event.type) {
    case "message.posted":
      if (event.visibility !== "public") return before;
      if (event.author.kind === "client") return { ...before, ...moved, state: "waiting" };
      if (event.author.kind !== "assistant") return before;
      return { ...before, ...moved, state: "answered", answers: before.answers + 1 };
    case "assistant.rated":
      if (event.helpful) return { ...before, answers: 0, unhelpful: 0 };
      return { ...before, unhelpful: before.unhelpful + 1 };
    case "assistant.handed_over":
      return { ...before, ...moved, state: "handed_over", reason: event.reason };
    default:
      return before;
  }
}

/** What staff see of it after an event; `itsTurn` is as it was before. */
export function evolveBriefing(
  before: Briefing | null,
  event: TicketEvent,
  itsTurn: boolean,
  descriptionId: string | null,
): Briefing | null {
  if (event.type === "assistant.engaged") {
    return { asked: descriptionId === null ? [] : [descriptionId], shown: [], found: [] };
  }
  if (before === null) return null;
  switch (event.type) {
    case "assistant.rated":
      return {
        ...before,
        shown: before.shown.map((each) =>
          each.message_id === event.message_id ? { ...each, helpful: event.helpful } : each,
        ),
      };
    case "assistant.briefed":
      return { ...before, found: event.found };
    case "message.posted": {
      if (!itsTurn || event.visibility !== "public") return before;
      if (event.author.kind === "client") {
        return { ...before, asked: [...before.asked, event.message_id].slice(-KEPT) };
      }
      const shown = event.sources.map(({ article_id, title }) => ({
        message_id: event.message_id,
        article_id,
        title,
        helpful: null,
      }));
      return { ...before, shown: [...before.shown, ...shown].slice(-KEPT) };
    }
    default:
      return before;
  }
}
