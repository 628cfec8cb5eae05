"""Reads followed calendars again and again, behind everything, one worker at a time."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from domain.leave.state import Leave
from domain.message import Millis
from domain.people.state import User
from domain.ports import Clock
from server.leave.fetching import NotFetched, fetch_calendar
from server.store.connect import Raw, Store
from server.store.documents import fetch, find
from server.store.leases import Leases
from server.store.models import FollowedCalendar

logger = logging.getLogger(__name__)

LEASE = "leave calendars"
LEASE_MS = 60_000
LOOK_SECONDS = 10.0
EVERY: Millis = 15 * 60_000
AGAIN: Millis = 5 * 60_000
"""After which one that could not be read is tried again."""
BACK: Millis = 24 * 3_600_000
AHEAD: Millis = 400 * 24 * 3_600_000
READ_SECONDS = 20.0

Fetch = Callable[[str], Awaitable[bytes]]


class Following:
    """Keeps what was read last where a calendar cannot be read now, and says why it cannot."""

    def __init__(
        self, store: Store, leases: Leases, clock: Clock, fetch: Fetch = fetch_calendar
    ) -> None:
        self._store = store
        self._kept = store[FollowedCalendar]
        self._leases = leases
        self._clock = clock
        self._fetch = fetch

    async def look(self) -> int:
        """Read the calendars whose time it is; how many were read."""
        if await self._leases.acquire(LEASE, LEASE_MS) is None:
            return 0
        followed = {
            each.id: each for each in await find(self._store, Leave, {"state.url": {"$gt": ""}})
        }
        kept: dict[str, Raw] = {each["_id"]: each async for each in self._kept.find({})}
        gone = [each for each in kept if each not in followed]
        if gone:
            await self._kept.delete_many({"_id": {"$in": gone}})
        due = [each for each in followed.values() if self._is_due(each, kept.get(each.id))]
        for leave in due:
            await self._read(leave, kept.get(leave.id))
            if await self._leases.acquire(LEASE, LEASE_MS) is None:
                break
        return len(due)

    def _is_due(self, leave: Leave, kept: Raw | None) -> bool:
        if kept is None or kept["url"] != leave.url:
            return True
        due_at: Millis = kept["due_at"]
        return due_at <= self._clock.now()

    async def _read(self, leave: Leave, kept: Raw | None) -> None:
        now = self._clock.now()
        entries: list[Any] = kept["entries"] if kept and kept["url"] == leave.url else []
        read_at: Millis = kept["read_at"] if kept and kept["url"] == leave.url else 0
        error: str | None = None
        try:
            entries, read_at = await self._entries(leave, now), now
        except NotFetched as reason:
            error = str(reason)
            logger.warning("the calendar of leave %s was not read: %s", leave.id, error)
        await self._kept.replace_one(
            {"_id": leave.id},
            {
                "user_id": leave.user_id,
                "url": leave.url,
                "entries": entries,
                "read_at": read_at,
                "due_at": now + (AGAIN if error else EVERY),
                "error": error,
            },
            upsert=True,
        )

    async def _entries(self, leave: Leave, now: Millis) -> list[Any]:
        user = await fetch(self._store, User, leave.user_id)
        data = await self._fetch(leave.url or "")
        return await read_apart(data, user.zone if user else "UTC", now - BACK, now + AHEAD)


async def read_apart(data: bytes, zone: str, since: Millis, until: Millis) -> list[Any]:
    """Read a calendar in a process of its own; raises NotFetched for what cannot be read."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server.leave.reading", zone, str(since), str(until)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(READ_SECONDS):
            said, _ = await process.communicate(data)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise NotFetched("The calendar takes too long to read.") from None
    if process.returncode != 0 or not said:
        raise NotFetched("The calendar is too much to read.")
    answer = orjson.loads(said)
    if "error" in answer:
        raise NotFetched(answer["error"])
    return answer["entries"]
