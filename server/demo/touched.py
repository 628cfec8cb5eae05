"""What real people did: which tickets are the demo's alone, and in which real staff took part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from domain.message import ActorKind, Id
from domain.ticket.state import Status
from server.demo.marks import is_demos
from server.store.connect import Raw, Store
from server.store.models import LogEntry, TicketHeader

ACTIVE = [status.value for status in Status if status.active]


async def untouched(store: Store, where: Mapping[str, Any], most: int = 0) -> list[Raw]:
    """The headers of tickets that no person opened, answered or moved; oldest first. Where
    `most` is given, no more than so many are looked at."""
    found = store[TicketHeader].find({"listed": True, **where})
    headers = await found.sort("state.opened_at", 1).limit(most).to_list()
    persons = await _touched(store, [header["_id"] for header in headers])
    return [header for header in headers if header["_id"] not in persons]


async def has_real_staff(store: Store, ticket_id: Id) -> bool:
    """Whether somebody real of the staff did anything in a ticket."""
    return bool(await _touched(store, [ticket_id], {"actor.kind": ActorKind.AGENT.value}))


async def _touched(
    store: Store, ticket_ids: Iterable[Id], where: Mapping[str, Any] | None = None
) -> set[Id]:
    streams = {"stream": {"$in": [f"ticket:{each}" for each in ticket_ids]}}
    commits = store[LogEntry].find({**streams, **(where or {})}, {"stream": 1, "command_id": 1})
    return {
        commit["stream"].partition(":")[2]
        async for commit in commits
        if not is_demos(commit["command_id"])
    }
