"""The carrier of 'this stream has work': taskiq on Redis Streams, which may lose everything."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError
from taskiq import AckableMessage
from taskiq_redis import RedisStreamBroker

from server.repeating import heed_cancellation

logger = logging.getLogger(__name__)

QUEUE = "deskwire:jobs"
GROUP = "workers"
KEPT_JOBS = 10_000
BLOCK_MS = 2_000
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0


class WakingBroker(RedisStreamBroker):
    """Goes on listening after a flush or a restart of Redis.

    A job is taken without waiting for its acknowledgement: what a dead worker leaves behind
    stands in the log, and is swept sooner than Redis would hand it to another.
    """

    async def startup(self) -> None:
        """Start even while Redis is away: `listen` makes the consumer group when it is back."""
        try:
            await super().startup()
        except (RedisError, OSError) as error:
            logger.warning("Redis is away at the start: %s", error)

    async def listen(  # pyright: ignore[reportIncompatibleMethodOverride] - brokers may yield bytes
        self,
    ) -> AsyncGenerator[bytes | AckableMessage, None]:
        """Yield jobs for ever."""
        pause = FIRST_PAUSE
        while True:
            try:
                for job in await self._read():
                    yield job
                pause = FIRST_PAUSE
            except (RedisError, OSError) as error:
                heed_cancellation()
                logger.warning("jobs are read again in %.1f s: %s", pause, error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                await self._regroup()
            heed_cancellation()

    async def _read(self) -> list[bytes]:
        """The next jobs, none after two seconds without any."""
        async with Redis(connection_pool=self.connection_pool) as redis:
            fetched = cast(
                "list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]]",
                await cast(Any, redis).xreadgroup(
                    self.consumer_group_name,
                    self.consumer_name,
                    {self.queue_name: ">"},
                    block=self.block,
                    count=self.count,
                    noack=True,
                ),
            )
        return [fields[b"data"] for _, entries in fetched for _, fields in entries]

    async def _regroup(self) -> None:
        """A flush takes the group along; it is made anew, from the first job on."""
        try:
            await self._declare_consumer_group()
        except (RedisError, OSError) as error:
            logger.debug("no consumer group yet: %s", error)


def make_broker(redis_url: str) -> WakingBroker:
    """A broker for a node, which only kicks, or a worker, which listens too."""
    return WakingBroker(
        url=redis_url,
        queue_name=QUEUE,
        consumer_group_name=GROUP,
        consumer_id="0",  # "$" would skip what was kicked before the group was made.
        xread_block=BLOCK_MS,
        maxlen=KEPT_JOBS,
    )
