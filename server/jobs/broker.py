"""The carrier of 'this stream has work': taskiq on Redis Streams, which may lose everything."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from typing import Any, cast
from uuid import uuid4

from redis.exceptions import RedisError
from taskiq import AckableMessage, AsyncBroker, BrokerMessage

from realtime.cluster import open_redis
from server.repeating import heed_cancellation

logger = logging.getLogger(__name__)

QUEUE = "deskwire:jobs"
GROUP = "workers"
KEPT_JOBS = 10_000
BLOCK_MS = 2_000
STOP_SECONDS = 2.0
AT_ONCE = 100
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0


class WakingBroker(AsyncBroker):
    """Goes on listening after a flush, a restart or a failover of Redis.

    One stream in one key, so that a cluster keeps it on one server. A job is taken without waiting
    for its acknowledgement: what a dead worker leaves behind stands in the log, and is swept sooner
    than Redis would hand it to another.
    """

    def __init__(self, redis_url: str) -> None:
        super().__init__()
        self._redis = open_redis(redis_url)
        self._consumer = uuid4().hex
        self.is_open = True
        self._reading: asyncio.Task[list[bytes]] | None = None

    async def startup(self) -> None:
        """Start even while Redis is away: `listen` makes the consumer group when it is back."""
        await super().startup()
        await self._regroup()

    async def shutdown(self) -> None:
        self.is_open = False
        await super().shutdown()
        if self._reading is not None:  # The receiver leaves it behind where it is cancelled.
            self._reading.cancel()
            await asyncio.wait([self._reading], timeout=STOP_SECONDS)
        await self._redis.aclose()

    async def kick(self, message: BrokerMessage) -> None:
        client = cast(Any, self._redis)
        await client.xadd(QUEUE, {b"data": message.message}, maxlen=KEPT_JOBS, approximate=True)

    async def listen(  # pyright: ignore[reportIncompatibleMethodOverride] - brokers may yield bytes
        self,
    ) -> AsyncGenerator[bytes | AckableMessage, None]:
        """Yield jobs until the broker is shut down."""
        pause = FIRST_PAUSE
        while self.is_open:
            try:
                self._reading = asyncio.ensure_future(self._read())
                for job in await self._reading:
                    yield job
                pause = FIRST_PAUSE
            except (RedisError, OSError) as error:
                heed_cancellation()
                if not self.is_open:
                    return
                logger.warning("jobs are read again in %.1f s: %s", pause, error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                await self._regroup()
            heed_cancellation()

    async def _read(self) -> list[bytes]:
        """The next jobs, none after two seconds without any."""
        fetched = cast(
            "list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]]",
            await cast(Any, self._redis).xreadgroup(
                GROUP, self._consumer, {QUEUE: ">"}, block=BLOCK_MS, count=AT_ONCE, noack=True
            ),
        )
        return [fields[b"data"] for _, entries in fetched for _, fields in entries]

    async def _regroup(self) -> None:
        """A flush takes the group along; it is made anew, from the first job on.

        "$" would skip what was kicked before.
        """
        try:
            await cast(Any, self._redis).xgroup_create(QUEUE, GROUP, id="0", mkstream=True)
        except (RedisError, OSError) as error:  # Among them that it is there already.
            logger.debug("no consumer group was made: %s", error)
