// Folding what an agent carries: the rules of domain/workforce/evolve.py.

import type { Agent, AgentEvent, AnyEvent, Held, Meta } from "./wire.ts";

const LET_GO_KEPT = 100;

export function foldAgent(agent: Agent, events: readonly AnyEvent[], meta: Meta): Agent {
  const after = events.reduce((before, event) => evolveAgent(before, event, meta), agent);
  return { ...after, seq: meta.seq };
}

function evolveAgent(agent: Agent, event: AnyEvent, meta: Meta): Agent {
  const moved = { ...agent, seq: meta.seq, head: meta.seq, at: meta.at };
  const known = event as AgentEvent;
  switch (known.type) {
    case "agent.reserved":
      return { ...moved, held: hold(agent, known, known.confirmed) };
    case "agent.confirmed":
      return { ...moved, held: hold(agent, known, true) };
    case "agent.reweighed":
      return { ...moved, held: hold(agent, known, !!agent.held[known.reservation]?.confirmed) };
    case "agent.released": {
      const { [known.reservation]: _gone, ...held } = agent.held;
      const let_go = [...agent.let_go, known.reservation].slice(-LET_GO_KEPT);
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
