// What the portal's own pages show beside that: what happened to tickets. The chat on other sites
// carries none of it.

import { changesIn } from "./changes.ts";
import { evolve } from "./evolve.ts";
import { ticketRules, visitorRules, type Rules } from "./views.ts";

const tickets = ticketRules(evolve, changesIn);

/** The rules by which a room's name says it is read: for clients, and for all feeds. */
export function portalRules(room: string): Rules<unknown> {
  return room.startsWith("ticket:") ? (tickets as Rules<unknown>) : visitorRules(room);
}
