"""Many who want the same read at the same moment share one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Flights(Generic[T]):
    """Reads under way, by what they read."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, asyncio.Task[T]] = {}

    async def share(self, key: Hashable, start: Callable[[], Awaitable[T]]) -> T:
        """The result of the read under way for `key`, or of one that is started now.

        Whoever waits may be cancelled without cancelling the others' read.
        """
        flight = self._flights.get(key)
        if flight is None:
            flight = asyncio.ensure_future(_run(start))
            self._flights[key] = flight
            flight.add_done_callback(lambda done: self._landed(key, done))
        return await asyncio.shield(flight)

    def _landed(self, key: Hashable, flight: asyncio.Task[T]) -> None:
        del self._flights[key]
        if not flight.cancelled():
            flight.exception()  # Whoever waited has it; nobody may have.


async def _run(start: Callable[[], Awaitable[T]]) -> T:
    return await start()
