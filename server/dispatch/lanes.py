"""One stream's commands one after another within a node, and the standings they left behind."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from server.store.aggregates import Standing

KEPT = 10_000


class Lanes:
    """A queue for each stream that has commands, and the last standing of recent ones."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}
        self._standings: OrderedDict[str, Standing] = OrderedDict()

    @asynccontextmanager
    async def alone(self, stream: str) -> AsyncGenerator[None]:
        """Wait for one's turn on a stream, first come first served."""
        lock, waiting = self._locks.get(stream, (asyncio.Lock(), 0))
        self._locks[stream] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks[stream]
            if waiting == 1:
                del self._locks[stream]
            else:
                self._locks[stream] = (lock, waiting - 1)

    def recall(self, stream: str) -> Standing | None:
        """The standing that this node last left a stream in; others may have moved it since."""
        return self._standings.get(stream)

    def remember(self, standing: Standing) -> None:
        self._standings[standing.stream] = standing
        self._standings.move_to_end(standing.stream)
        if len(self._standings) > KEPT:
            self._standings.popitem(last=False)

    def forget(self, stream: str) -> None:
        self._standings.pop(stream, None)
