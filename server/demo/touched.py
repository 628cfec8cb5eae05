"""What is the demo's alone, since no real person ever did anything there; and who real is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from domain.message import Id
from domain.ticket.state import Status
from realtime.cluster import AnyRedis
from realtime.presence import present
from server.demo.marks import is_demos
from server.demo.people import log_ins
from server.demo.plot import Cast
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


async def real_staff_is_there(redis: AnyRedis, cast: Cast) -> bool:
    """Whether somebody real may answer, whatever team they are in."""
    staff = {cast.agents[each.key] for each in log_ins() if each.key in cast.agents}
    return not staff.isdisjoint(await present(redis))


async def _touched(store: Store, ticket_ids: Iterable[Id]) -> set[Id]:
    streams = [f"ticket:{each}" for each in ticket_ids]
    commits = store[LogEntry].find({"stream": {"$in": streams}}, {"stream": 1, "command_id": 1})
    return {
        commit["stream"].partition(":")[2]
        async for commit in commits
        if not is_demos(commit["command_id"])
    }
