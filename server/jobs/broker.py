"""The carrier of 'this stream has work': taskiq on Redis Streams, which may lose everything."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator

from redis.exceptions import RedisError
from taskiq import AckableMessage
from taskiq_redis import RedisStreamBroker

logger = logging.getLogger(__name__)

QUEUE = "deskwire:jobs"
GROUP = "workers"
KEPT_JOBS = 100_000
BLOCK_MS = 2_000
LOCK_SECONDS = 10.0
LONGEST_PAUSE = 5.0


class WakingBroker(RedisStreamBroker):
    """Goes on listening after a flush or a restart of Redis; what was lost is swept."""

    async def startup(self) -> None:
        """Start even while Redis is away: `listen` makes the consumer group when it is back."""
        try:
            await super().startup()
        except (RedisError, OSError) as error:
            logger.warning("Redis is away at the start: %s", error)

    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        """Yield jobs for ever."""
        pause = 0.1
        while True:
            try:
                async for message in super().listen():
                    pause = 0.1
                    yield message
            except (RedisError, OSError) as error:
                # A flush takes the group along; it is made anew from the first job on.
                logger.warning("jobs are read again in %.1f s: %s", pause, error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            await self._regroup()

    async def _regroup(self) -> None:
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
        unacknowledged_lock_timeout=LOCK_SECONDS,
    )
