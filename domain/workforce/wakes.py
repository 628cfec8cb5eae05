"""When an agent's stream next wants something done by itself: a break is over."""

from __future__ import annotations

from functools import partial

from domain.ticket.wakes import Wake
from domain.workforce.commands import BreakOver
from domain.workforce.state import Agent, Break


def wakes(agent: Agent) -> list[Wake]:
    """All that the stream waits for, the first due first."""
    taken = agent.on_break
    return [] if taken is None else [Wake(taken.until, partial(_over, agent, taken))]


def _over(agent: Agent, taken: Break) -> BreakOver:
    """Its id is the same however often it is due."""
    command_id = f"break_over:agent:{agent.id}:{taken.seq}"
    return BreakOver(command_id=command_id, agent_id=agent.id, generation=taken.seq)
