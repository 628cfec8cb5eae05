"""Work in the background that belongs to somebody, and ends with them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


class Tasks:
    """Keeps what it started alive, and ends it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def end(self) -> None:
        """Cancel everything until it is over: before Python 3.12, `wait_for` may swallow a
        cancellation that comes in the moment in which it is done."""
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(self._tasks, timeout=0.5)


_carried: set[asyncio.Task[None]] = set()


def carry_out(work: Coroutine[Any, Any, None]) -> None:
    """See something through that nobody waits for and that ends by itself."""
    task = asyncio.create_task(work)
    _carried.add(task)
    task.add_done_callback(_carried.discard)
