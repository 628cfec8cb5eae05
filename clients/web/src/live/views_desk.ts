// What the desk's own pages show beside that: what only staff see of tickets, and agents. Whoever
// enters such a room brings these rules, so that the portal need not load them.

import { changesIn } from "./changes.ts";
import { foldAgent } from "./evolve_agent.ts";
import { evolveWhole } from "./evolve_private.ts";
import { eventsOf, ticketRules, visitorRules, type Rules } from "./views.ts";
import type { Agent, AgentEvent, AgentSnapshot } from "./wire.ts";

export const wholeTickets = ticketRules(evolveWhole, changesIn);

const agentRules: Rules<Agent> = {
  start: (snapshot) => (snapshot as AgentSnapshot).agent,
  fold: (agent, envelope) => foldAgent(agent, eventsOf<AgentEvent>(envelope), envelope),
};

/** The rules by which a room's name says it is read. */
export function deskRules(room: string): Rules<unknown> {
  if (room.startsWith("ticket:")) return wholeTickets as Rules<unknown>;
  if (room.startsWith("agent:")) return agentRules as Rules<unknown>;
  return visitorRules(room);
}
