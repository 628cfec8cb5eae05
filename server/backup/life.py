"""Is somebody using a store? A restore under running nodes would be lost and seen half done."""

from __future__ import annotations

from typing import Any, cast

from pymongo.asynchronous.database import AsyncDatabase

from domain.message import Millis
from realtime.cluster import AnyRedis
from server.processes.refusal import Refused
from server.store.connect import Raw
from server.store.models import Lease

CHANNELS = "dw1:*"
LOGIN = b"dw1:login:"
"""What is kept of failed log-ins has nothing to do with the store."""


async def refuse_lively(database: AsyncDatabase[Raw], redis: AnyRedis, now: Millis) -> None:
    """Raise Refused while a worker holds a lease in the store, or a node listens in Redis."""
    held = await database[Lease.Settings.name].find_one({"until": {"$gt": now}})
    if held is not None:
        raise Refused(
            f"The store is in use: somebody holds its lease {held['_id']!r}. Stop all nodes and"
            " workers first; what a killed one held runs out within 15 s."
        )
    await refuse_listeners(redis)


async def refuse_listeners(redis: AnyRedis) -> None:
    """Raise Refused while a node is subscribed to its channels in Redis."""
    listening: list[bytes] = await cast(Any, redis).pubsub_shardchannels(CHANNELS)
    if listening:
        raise Refused(
            "The store is in use: nodes listen in the Redis of REDIS_URL. Stop all nodes and"
            " workers first."
        )


async def forget_rooms(redis: AnyRedis) -> None:
    """Take everything out of Redis that speaks of a store: feeds, presence, caches."""
    async for key in cast(Any, redis).scan_iter(match=CHANNELS, count=1000):
        if not key.startswith(LOGIN):
            await redis.unlink(key)
