"""What was begun is carried to its end, whoever stops waiting for it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Begun:
    """The work under way of one dispatcher."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def carry_out(self, work: Coroutine[Any, Any, T]) -> T:
        """What comes of it; who is cancelled meanwhile does not cancel the work."""
        return await asyncio.shield(self.begin(work))

    async def end(self) -> None:
        """Wait for what is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # It is the waiting one's; where nobody waits any more, nobody's.
