"""What happens because a moment came: found by index, claimed with a lease, through dispatch.

Nothing is scheduled beside the streams. A header's `wake` is the first moment at which its stream
wants something done; what that is, the stream itself says. The command's id is made of what is
due, the stream and the generation, so that it is done once, on however many nodes it is tried.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from typing import NamedTuple

from domain.errors import DomainError
from domain.message import Command, Millis
from domain.ports import Clock, Dispatch
from domain.process import MACHINE
from domain.ticket.commands import CloseQuiet
from domain.ticket.state import Status
from server.store.aggregates import AGGREGATES
from server.store.connect import Raw, Store
from server.store.headers import Headers
from server.store.leases import Leases
from server.store.models import TicketHeader

logger = logging.getLogger(__name__)

LEASE_MS = 5_000
"""For how long a stream is somebody's; what could not be done is tried again after it."""
EVERY_SECONDS = 1.0
PAGE = 200
AT_ONCE = 8


class Due(NamedTuple):
    """A command whose moment came. `at` is that moment."""

    at: Millis
    stream: str
    command: Command


Source = Callable[[Millis], AsyncIterator[list[Due]]]
"""Gives all that is due by a moment, the oldest first, in pages."""


class Scheduler:
    """Every worker runs one; who leased a stream does what is due in it, in order."""

    def __init__(
        self, leases: Leases, dispatch: Dispatch, clock: Clock, sources: Sequence[Source]
    ) -> None:
        self._leases = leases
        self._dispatch = dispatch
        self._clock = clock
        self._sources = sources

    async def fire(self) -> int:
        """Do all that is due now; how many commands were carried out."""
        fired = 0
        for source in self._sources:
            async for page in source(self._clock.now()):
                fired += await self._fire(page)
        return fired

    async def _fire(self, page: Sequence[Due]) -> int:
        by_stream: dict[str, list[Command]] = {}
        for each in page:
            by_stream.setdefault(each.stream, []).append(each.command)
        won = set(await self._leases.acquire_some([*map(_lease, by_stream)], LEASE_MS))
        mine = {stream: due for stream, due in by_stream.items() if _lease(stream) in won}
        turns = asyncio.Semaphore(AT_ONCE)
        done = await asyncio.gather(*(self._in_turn(turns, due) for due in mine.values()))
        # Whoever could not be served keeps their lease, and so waits a while for the next try.
        finished = [stream for stream, count in zip(mine, done, strict=True) if count]
        await self._leases.drop([*map(_lease, finished)])
        return sum(done)

    async def _in_turn(self, turns: asyncio.Semaphore, commands: Sequence[Command]) -> int:
        """How many of a stream's commands were carried out; none where one was not."""
        async with turns:
            for command in commands:
                try:
                    await self._dispatch.dispatch(command, MACHINE)
                except DomainError as error:
                    logger.warning("%s is not done yet: %s", command.command_id, error)
                    return 0
            return len(commands)


def waking(store: Store, headers: Headers, kind: str) -> Source:
    """What streams of a kind want done by themselves."""
    aggregate = AGGREGATES[kind]

    async def due(now: Millis) -> AsyncIterator[list[Due]]:
        cursor = store[aggregate.model].find({"wake": {"$lte": now}}, {"seq": 1})
        async for page in _pages(cursor.sort([("wake", 1)])):
            standings = await headers.load_some(
                {f"{kind}:{raw['_id']}": raw["seq"] for raw in page}
            )
            yield sorted(
                (
                    Due(wake.at, stream, wake.command())
                    for stream, standing in standings.items()
                    for wake in aggregate.wakes(standing.state)
                    if wake.at <= now
                ),
                key=lambda each: (each.at, each.stream),
            )

    return due


def quiet(store: Store, quiet_after: Millis) -> Source:
    """Resolved tickets that stayed so for the days of the setting."""

    async def due(now: Millis) -> AsyncIterator[list[Due]]:
        where = {
            "state.status": Status.RESOLVED.value,
            "state.status_at": {"$lte": now - quiet_after},
            "listed": True,
        }
        cursor = store[TicketHeader].find(where, {"state.status_seq": 1, "state.status_at": 1})
        async for page in _pages(cursor.sort([("state.status_at", 1)])):
            yield [
                Due(
                    raw["state"]["status_at"] + quiet_after,
                    f"ticket:{raw['_id']}",
                    _close(raw["_id"], raw["state"]["status_seq"]),
                )
                for raw in page
            ]

    return due


async def _pages(cursor: AsyncIterable[Raw]) -> AsyncIterator[list[Raw]]:
    page: list[Raw] = []
    async for raw in cursor:
        page.append(raw)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page


def _close(ticket_id: str, generation: int) -> CloseQuiet:
    return CloseQuiet(
        command_id=f"close_quiet:ticket:{ticket_id}:{generation}",
        ticket_id=ticket_id,
        generation=generation,
    )


def _lease(stream: str) -> str:
    return f"timer:{stream}"
