"""Doing something for as long as the process lives, whatever fails meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 5.0


async def for_ever(
    name: str,
    work: Callable[[], Awaitable[Any]],
    pause_seconds: float,
    sooner: asyncio.Event | None = None,
) -> None:
    """Do something again and again, `sooner` where that is set; after a failure later and later,
    at most every 5 s."""
    failures = 0
    sooner = sooner or asyncio.Event()
    while True:
        sooner.clear()
        try:
            await work()
            heed_cancellation()
            failures = 0
            pause = pause_seconds
        except Exception as error:
            heed_cancellation()
            away = isinstance(error, PyMongoError | RedisError | OSError)
            logger.error("%s failed and goes on: %r", name, error, exc_info=not away)
            failures += 1
            pause = min(0.1 * 2**failures, LONGEST_PAUSE)
        try:
            async with asyncio.timeout(pause):
                await sooner.wait()
        except TimeoutError:
            continue


def heed_cancellation() -> None:
    """A connection that breaks, or answers, while it is being cancelled hides the cancellation."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
