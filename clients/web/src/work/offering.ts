// Which tickets one is offered, by what one holds, what one has, and what they say.

import type { FeedView } from "../live/views.ts";
import type { Agent, Id, Millis, Ticket } from "../live/wire.ts";

export interface Offered {
  ticket: Ticket;
  until: Millis;
  /** Which offer of this ticket it is. */
  seq: number;
}

/** So many are looked at; what one was just given and is not listed yet is among them. */
const MOST = 20;

/** Tickets that may be offered: what is held and not in the list of one's own. */
export function candidatesOf(agent: Agent | null, own: FeedView | null): Id[] {
  if (agent === null || own === null) return [];
  const held = Object.values(agent.held).map(({ ticket_id }) => ticket_id);
  const others = [...new Set(held)].filter((id) => !own.rows.get(id)?.value);
  return others.slice(-MOST);
}

/** The offer of a ticket to somebody, while it lasts. */
export function offeredIn(ticket: Ticket, me: Id): Offered | null {
  const offer = ticket.private?.offer ?? null;
  if (offer === null || offer.agent_id !== me || ticket.owner_id !== null) return null;
  return { ticket, until: offer.until, seq: offer.seq };
}

/** What a countdown shows; two clocks that differ a little do not make a minute of 61 seconds. */
export function secondsLeft(left: Millis): number {
  return Math.round(left / 1_000);
}
