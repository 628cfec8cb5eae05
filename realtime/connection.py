"""One connection: who it is, the rooms it is in, and the order of its requests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVarTuple

from domain.access import Actor
from domain.ports import Session
from domain.rates import Bucket

if TYPE_CHECKING:
    from realtime.room import Room

Given = TypeVarTuple("Given")


class Connection:
    """A socket with a session. `closed` once it must not get anything more; `barred` once what
    it asked for and still waits must not be done either."""

    __slots__ = (
        "barred",
        "closed",
        "commands",
        "lanes",
        "rooms",
        "session",
        "sid",
        "signals",
        "until",
    )

    def __init__(self, sid: str, session: Session, commands: Bucket, signals: Bucket) -> None:
        self.sid = sid
        self.session = session
        self.rooms: dict[str, Room] = {}
        self.lanes = Lanes()
        self.commands = commands
        self.signals = signals
        self.until = 0.0
        """When its session ends, by the monotonic clock; kept by who admits it."""
        self.closed = False
        self.barred = False

    @property
    def actor(self) -> Actor:
        return self.session.actor


class Lanes:
    """Work on one subject is done in the order it came; subjects do not wait for each other."""

    __slots__ = ("_tails", "waiting")

    def __init__(self) -> None:
        self._tails: dict[str, asyncio.Task[None]] = {}
        self.waiting = 0

    def add(self, subject: str, work: Callable[[*Given], Awaitable[None]], *given: *Given) -> None:
        """Do `work`, which must not raise, after all earlier work on the subject."""
        self.waiting += 1
        earlier = self._tails.get(subject)
        self._tails[subject] = asyncio.create_task(self._do(subject, earlier, work, given))

    async def _do(
        self,
        subject: str,
        earlier: asyncio.Task[None] | None,
        work: Callable[[*Given], Awaitable[None]],
        given: tuple[*Given],
    ) -> None:
        try:
            if earlier is not None:
                await asyncio.wait([earlier])
            await work(*given)
        finally:  # Not in a callback of the task, which would be one more turn of the loop.
            self.waiting -= 1
            if self._tails[subject] is asyncio.current_task():
                del self._tails[subject]
