"""Work in the background that belongs to somebody, and ends with them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from contextvars import copy_context
from types import coroutine
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


def begin_at_once(work: Coroutine[Any, Any, None]) -> None:
    """The same, but go as far in this step of the loop as it does not wait.

    What never waits then needs no task, which costs as much as a command's whole way through the
    door. Up to where it first waits it is in no task: it must not ask for the present one, as
    `asyncio.timeout` does.
    """
    context = copy_context()
    try:
        awaited = context.run(work.send, None)
    except StopIteration:
        return
    task = asyncio.get_running_loop().create_task(_rest(work, awaited), context=context)
    _carried.add(task)
    task.add_done_callback(_carried.discard)


async def _rest(work: Coroutine[Any, Any, None], awaited: Any) -> None:  # noqa: ANN401
    await _go_on(work, awaited)


@coroutine
def _go_on(work: Coroutine[Any, Any, None], awaited: Any) -> Generator[Any, Any, None]:  # noqa: ANN401
    """Wait for what it waits for, and hand on what comes of it."""
    while True:
        try:
            got = yield awaited
        except BaseException as error:
            given, go_on = error, work.throw
        else:
            given, go_on = got, work.send
        try:
            awaited = go_on(given)
        except StopIteration:
            return
