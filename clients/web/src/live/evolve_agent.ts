// Folding what an agent carries: the rules of domain/workforce/evolve.py.

import type { Agent, AgentEvent, Held, Meta } from "./wire.ts";

const LET_GO_KEPT = 100;

export function foldAgent(agent: Agent, events: readonly AgentEvent[], meta: Meta): Agent {
  const after = events.reduce((before, event) => evolveAgent(before, event, meta), agent);
  return { ...after, seq: meta.seq };
}

function evolveAgent(agent: Agent, event: AgentEvent, meta: Meta): Agent {
  const moved = { ...agent, seq: meta.seq, head: meta.seq, at: meta.at };
  switch (event.type) {
    case "agent.reserved":
      return { ...moved, held: hold(agent, event, event.confirmed) };
    case "agent.confirmed":
      return { ...moved, held: hold(agent, event, true) };
    case "agent.reweighed":
      return { ...moved, held: hold(agent, event, !!agent.held[event.reservation]?.confirmed) };
    case "agent.released": {
      const others = Object.entries(agent.held).filter(([key]) => key !== event.reservation);
      const held = Object.fromEntries(others);
      const let_go = [...agent.let_go, event.reservation].slice(-LET_GO_KEPT);
      return { ...moved, held, let_go };
    }
    default:
      return moved;
  }
}

function hold(
  agent: Agent,
  event: { ticket_id: string; reservation: string; weight: number; as_of: number },
  confirmed: boolean,
): Record<string, Held> {
  const { ticket_id, weight, as_of } = event;
  return { ...agent.held, [event.reservation]: { ticket_id, weight, confirmed, as_of } };
}
