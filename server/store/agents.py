"""Reading how much people carry."""

from __future__ import annotations

from collections.abc import Iterable

from domain.message import Id
from domain.workforce.state import Agent
from server.store.aggregates import kept_standing
from server.store.connect import Store
from server.store.models import AgentHeader


async def load_agents(store: Store, agent_ids: Iterable[Id]) -> dict[Id, Agent]:
    """By agent, their header as last kept: to show, never to decide on. One query."""
    agents = {agent_id: Agent(id=agent_id) for agent_id in agent_ids}
    async for raw in store[AgentHeader].find({"_id": {"$in": list(agents)}}):
        standing = kept_standing(f"agent:{raw['_id']}", raw)
        if standing is not None and isinstance(standing.state, Agent):
            agents[raw["_id"]] = standing.state
    return agents
