"""Publishes at one server: what one loop tick says goes out together, and nobody waits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import MovedError, RedisError

from realtime.options import Counters, Options
from realtime.tasks import Tasks

log = logging.getLogger(__name__)

BATCH = 500
MAX_OUTGOING = 20_000

Said = tuple[str, bytes]
"""A channel and what is said on it."""


class Speaker:
    """What cannot be published is dropped, and counted; `refused` gets what a server of a cluster
    would not take, with its word on where the slot is now, and `failed` hears of a break."""

    def __init__(
        self,
        redis: Redis,
        options: Options,
        counters: Counters,
        refused: Callable[[Sequence[tuple[Said, MovedError]]], None],
        failed: Callable[[], None],
    ) -> None:
        self._redis = redis
        self._options = options
        self._counters = counters
        self._refused = refused
        self._failed = failed
        self._outgoing: list[Said] = []
        self._tasks = Tasks()
        self._flushing: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._outgoing)

    def say(self, said: Said) -> None:
        """Publish with everything else of this loop tick."""
        self._outgoing.append(said)
        if len(self._outgoing) > MAX_OUTGOING:
            self._counters.publishes_lost += len(self._outgoing)
            self._outgoing.clear()
        if self._flushing is None:
            self._flushing = self._tasks.spawn(self._flush())

    async def stop(self) -> None:
        """Publish what waits, then let go."""
        if self._flushing is not None:
            await asyncio.wait([self._flushing], timeout=self._options.publish_within)
        await self._tasks.end()

    async def _flush(self) -> None:
        while self._outgoing:
            batch, self._outgoing = self._outgoing[:BATCH], self._outgoing[BATCH:]
            try:
                async with asyncio.timeout(self._options.publish_within):
                    answers = await self._publish(batch)
            except (RedisError, OSError) as error:
                lost = len(batch) + len(self._outgoing)
                self._outgoing.clear()
                self._counters.publishes_lost += lost
                log.warning("%d messages could not be published: %r", lost, error)
                self._failed()
            else:
                self._heed(batch, answers)
        self._flushing = None

    async def _publish(self, batch: Sequence[Said]) -> list[Any]:
        pipeline = cast(Any, self._redis.pipeline(transaction=False))
        for channel, message in batch:
            pipeline.execute_command("SPUBLISH", channel, message)
        return await pipeline.execute(raise_on_error=False)

    def _heed(self, batch: Sequence[Said], answers: Sequence[Any]) -> None:
        refusals = [
            (said, answer)
            for said, answer in zip(batch, answers, strict=True)
            if isinstance(answer, Exception)
        ]
        self._counters.published += len(batch) - len(refusals)
        if not refusals:
            return
        moved = [(said, error) for said, error in refusals if isinstance(error, MovedError)]
        if moved:
            self._refused(moved)
        if lost := len(refusals) - len(moved):
            self._counters.publishes_lost += lost
            other = next(error for _, error in refusals if not isinstance(error, MovedError))
            log.warning("%d messages were refused: %r", lost, other)
            self._failed()
