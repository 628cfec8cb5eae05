"""Whether sockets are still there: all asked by one timer, each in its turn."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol

AT_ONCE = 500
"""How many are asked before others get their turn on the loop."""


class Pinged(Protocol):
    """A socket: `heard` once it answered the last ping, and before the first one."""

    closed: bool
    heard: bool

    def ping(self) -> None: ...

    def time_out(self) -> None:
        """End it at once, without waiting for anything."""
        ...


Line = deque[tuple[float, list[Pinged]]]
"""Who is due together, and when; the first first."""


class Pings:
    """Pings every `interval` seconds, and gives `timeout` seconds to answer.

    Both waits are the same for all, so that those who waited longest are always first in line.
    Those whose moments are within a `grain` are due together, at its end.
    """

    def __init__(self, interval: float, timeout: float) -> None:
        self._interval = interval
        self._timeout = timeout
        self._grain = min(interval, timeout) / 400
        self._to_ask: Line = deque()
        self._to_answer: Line = deque()
        self._timer: asyncio.Handle | None = None

    @property
    def idle(self) -> bool:
        """Nobody is looked after."""
        return self._timer is None

    def add(self, socket: Pinged) -> None:
        """Look after a socket until it is `closed`."""
        loop = asyncio.get_running_loop()
        self._line_up(self._to_ask, loop.time() + self._interval, socket)
        if self._timer is None:
            self._timer = loop.call_later(self._interval, self._sweep)

    def stop(self) -> None:
        """Ask nobody any more."""
        self._to_ask.clear()
        self._to_answer.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _line_up(self, line: Line, due: float, socket: Pinged) -> None:
        if line and due <= line[-1][0]:
            line[-1][1].append(socket)
        else:
            line.append((due + self._grain, [socket]))

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        turns = AT_ONCE
        while turns and (late := _next_of(self._to_answer, now)) is not None:
            turns -= 1
            if not late.closed and not late.heard:
                late.time_out()
        while turns and (silent := _next_of(self._to_ask, now)) is not None:
            turns -= 1
            self._ask(silent, now)
        self._timer = self._next(loop) if turns else loop.call_soon(self._sweep)

    def _ask(self, socket: Pinged, now: float) -> None:
        if socket.closed:
            return
        if socket.heard:
            socket.heard = False
            socket.ping()
            self._line_up(self._to_answer, now + self._timeout, socket)
        self._line_up(self._to_ask, now + self._interval, socket)

    def _next(self, loop: asyncio.AbstractEventLoop) -> asyncio.Handle | None:
        due = [line[0][0] for line in (self._to_ask, self._to_answer) if line]
        return loop.call_at(min(due), self._sweep) if due else None


def _next_of(line: Line, now: float) -> Pinged | None:
    """Take out somebody who is due."""
    if not line or line[0][0] > now:
        return None
    socket = line[0][1].pop()
    if not line[0][1]:
        line.popleft()
    return socket
