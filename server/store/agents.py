"""Reading how much people carry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from domain.assistant.state import HandOver
from domain.message import ActorKind, Id
from domain.routing.decide import waits_for_answer
from domain.ticket.state import Priority, Status
from domain.workforce.state import Agent
from server.store.aggregates import kept_standing
from server.store.connect import Raw, Store
from server.store.counters import ACTIVE
from server.store.models import AgentHeader, TicketHeader


async def load_agents(store: Store, agent_ids: Iterable[Id]) -> dict[Id, Agent]:
    """By agent, their header as last kept: to show, never to decide on. One query."""
    agents = {agent_id: Agent(id=agent_id) for agent_id in agent_ids}
    async for raw in store[AgentHeader].find({"_id": {"$in": list(agents)}}):
        standing = kept_standing(f"agent:{raw['_id']}", raw)
        if standing is not None and isinstance(standing.state, Agent):
            agents[raw["_id"]] = standing.state
    return agents


_CARRIED = (
    "owner_id",
    "status",
    "priority",
    "public.said.author.kind",
    "public.messages",
    "assistant.reason",
)


class Carried(NamedTuple):
    """A ticket as it counts for who carries it; `unanswered` is as `is_unanswered` has it."""

    status: Status
    priority: Priority
    unanswered: bool


async def load_carried(store: Store, owner_ids: Iterable[Id]) -> dict[Id, list[Carried]]:
    """By owner, the tickets that are being worked on, however many; one query."""
    carried: dict[Id, list[Carried]] = {owner_id: [] for owner_id in owner_ids}
    where = {
        "listed": True,
        "state.owner_id": {"$in": list(carried)},
        "state.status": {"$in": ACTIVE},
    }
    shown = dict.fromkeys((f"state.{name}" for name in _CARRIED), 1)
    async for raw in store[TicketHeader].find(where, shown):
        state = raw["state"]
        each = Carried(Status(state["status"]), Priority(state["priority"]), _unanswered(state))
        carried[state["owner_id"]].append(each)
    return carried


def _unanswered(state: Raw) -> bool:
    said = state["public"]["said"]
    assistant: Raw | None = state.get("assistant")
    reason = assistant and assistant.get("reason")
    return waits_for_answer(
        Status(state["status"]),
        ActorKind(said[0]["author"]["kind"]) if said else None,
        messages=state["public"]["messages"],
        handed_over=HandOver(reason) if reason else None,
    )
