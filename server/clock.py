"""What time it is: the machine's own, and the database's, which all nodes share."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from domain.message import Millis
from server.faults import clock_moved
from server.repeating import for_ever

EVERY_SECONDS = 2.0

Ask = Callable[[], Awaitable[datetime]]
"""What the database says that the time is."""


class SystemClock:
    """The machine's clock, cut to milliseconds; somebody may move it."""

    def now(self) -> Millis:
        """The present moment."""
        return time.time_ns() // 1_000_000 + clock_moved()


class SharedClock:
    """The database's time, carried on by seconds that nobody can move.

    A machine's clock that jumps changes nothing here: it is looked at once, at the start. While
    the database is away, time goes on.
    """

    def __init__(self) -> None:
        self._ahead = SystemClock().now() - _passed()

    def now(self) -> Millis:
        """The present moment."""
        return _passed() + self._ahead

    async def look(self, ask: Ask) -> None:
        """Ask what time it is, and take over as much of it as the way there does not explain."""
        before = self.now()
        told = millis_of(await ask())
        self._ahead += told - min(max(told, before), self.now())

    async def follow(self, ask: Ask) -> None:
        """Look for ever."""
        await for_ever("the clock", lambda: self.look(ask), EVERY_SECONDS)


def millis_of(moment: datetime) -> Millis:
    """A moment that names no zone is in UTC."""
    return int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000)


def _passed() -> Millis:
    return time.monotonic_ns() // 1_000_000
