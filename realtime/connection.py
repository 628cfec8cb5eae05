"""One connection: who it is, the rooms it is in, and the order of its requests."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVarTuple

from domain.access import Actor
from domain.ports import Session
from domain.rates import Bucket
from realtime.tasks import begin_at_once

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


Work = tuple[Callable[..., Awaitable[None]], tuple[Any, ...]]
"""What is to be done, and what it is given."""


class Lanes:
    """Work on one subject is done in the order it came; subjects do not wait for each other."""

    __slots__ = ("_lines", "waiting")

    def __init__(self) -> None:
        self._lines: dict[str, deque[Work] | None] = {}
        """By subject that is worked on, what comes after; None where that is nothing yet."""
        self.waiting = 0

    def add(self, subject: str, work: Callable[[*Given], Awaitable[None]], *given: *Given) -> None:
        """Do `work`, which must not raise, after all earlier work on the subject."""
        self.waiting += 1
        if subject not in self._lines:
            self._lines[subject] = None
            begin_at_once(self._go_through(subject, work, given))
        elif (line := self._lines[subject]) is not None:
            line.append((work, given))
        else:
            self._lines[subject] = deque(((work, given),))

    async def _go_through(
        self, subject: str, work: Callable[..., Awaitable[None]], given: tuple[Any, ...]
    ) -> None:
        try:
            while True:
                await work(*given)
                self.waiting -= 1
                line = self._lines[subject]
                if not line:
                    return
                work, given = line.popleft()
        finally:
            del self._lines[subject]
