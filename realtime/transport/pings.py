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


class Pings:
    """Pings every `interval` seconds, and gives `timeout` seconds to answer.

    Both waits are the same for all, so that those who waited longest are always first in line.
    """

    def __init__(self, interval: float, timeout: float) -> None:
        self._interval = interval
        self._timeout = timeout
        self._grain = min(interval, timeout) / 400
        self._to_ask: deque[tuple[float, Pinged]] = deque()
        self._to_answer: deque[tuple[float, Pinged]] = deque()
        self._timer: asyncio.Handle | None = None

    @property
    def idle(self) -> bool:
        """Nobody is looked after."""
        return self._timer is None

    def add(self, socket: Pinged) -> None:
        """Look after a socket until it is `closed`."""
        loop = asyncio.get_running_loop()
        self._to_ask.append((loop.time() + self._interval, socket))
        if self._timer is None:
            self._timer = loop.call_later(self._interval, self._sweep)

    def stop(self) -> None:
        """Ask nobody any more."""
        self._to_ask.clear()
        self._to_answer.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        turns = AT_ONCE
        while turns and self._to_answer and self._to_answer[0][0] <= now:
            turns -= 1
            _, socket = self._to_answer.popleft()
            if not socket.closed and not socket.heard:
                socket.time_out()
        while turns and self._to_ask and self._to_ask[0][0] <= now:
            turns -= 1
            self._ask(self._to_ask.popleft()[1], now)
        self._timer = self._next(loop, now) if turns else loop.call_soon(self._sweep)

    def _ask(self, socket: Pinged, now: float) -> None:
        if socket.closed:
            return
        if socket.heard:
            socket.heard = False
            socket.ping()
            self._to_answer.append((now + self._timeout, socket))
        self._to_ask.append((now + self._interval, socket))

    def _next(self, loop: asyncio.AbstractEventLoop, now: float) -> asyncio.Handle | None:
        due = [line[0][0] for line in (self._to_ask, self._to_answer) if line]
        # Not for each of ten thousand on its own: those of one grain go together.
        return loop.call_at(max(min(due), now + self._grain), self._sweep) if due else None
