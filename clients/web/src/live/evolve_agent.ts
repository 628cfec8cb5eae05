// Folding what an agent carries and says of themselves: the rules of domain/workforce/evolve.py.

import type { Agent, AgentEvent, AgentReleased, Held, Meta } from "./wire.ts";

const LET_GO_KEPT = 100;
const LATELY = 8 * 3_600_000;

export function foldAgent(agent: Agent, events: readonly AgentEvent[], meta: Meta): Agent {
  const after = events.reduce((before, event) => evolveAgent(before, event, meta), agent);
  return { ...after, seq: meta.seq };
}

function evolveAgent(agent: Agent, event: AgentEvent, meta: Meta): Agent {
  const lately = carried(agent, event.worked ?? 0);
  const moved = { ...agent, seq: meta.seq, head: meta.seq, at: meta.at, lately };
  switch (event.type) {
    case "agent.reserved":
      return { ...moved, held: hold(agent, event, event.confirmed), given_at: meta.at };
    case "agent.confirmed": {
      const accepted = agent.held[event.reservation]?.confirmed;
      const missed = accepted ? 0 : agent.missed;
      return { ...moved, held: hold(agent, event, true), missed };
    }
    case "agent.reweighed":
      return { ...moved, held: hold(agent, event, !!agent.held[event.reservation]?.confirmed) };
    case "agent.released": {
      const others = Object.entries(agent.held).filter(([key]) => key !== event.reservation);
      const held = Object.fromEntries(others);
      const let_go = [...agent.let_go, event.reservation].slice(-LET_GO_KEPT);
      return { ...moved, held, let_go, missed: missedAfter(agent.missed, event.outcome) };
    }
    case "agent.status_set":
      return { ...moved, status: event.status, note: event.note, status_at: meta.at, missed: 0 };
    case "agent.break_started": {
      const since = agent.on_break?.since ?? meta.at;
      return { ...moved, on_break: { since, until: event.until, seq: meta.seq }, missed: 0 };
    }
    case "agent.break_ended":
      return { ...moved, on_break: null };
    case "agent.shift_ending":
      return { ...moved, warned_until: event.until };
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

function missedAfter(before: number, outcome: AgentReleased["outcome"]): number {
  if (outcome === "expired") return before + 1;
  return outcome === "declined" ? 0 : before;
}

/** What they carried of late, as domain/workforce/lately.py has it. */
function carried({ lately, held }: Agent, worked: number): Agent["lately"] {
  if (worked <= 0) return lately;
  const load = Object.values(held).reduce((sum, { weight }) => sum + weight, 0);
  const lasts = lately.worked + worked;
  const mean = (lately.load * lately.worked + load * worked) / lasts;
  return { load: mean, worked: Math.min(lasts, LATELY) };
}
