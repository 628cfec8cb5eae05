"""How many simulated people are about: told by the traffic, read by any node."""

from __future__ import annotations

from redis.exceptions import RedisError

from realtime.cluster import AnyRedis

KEY = "demo:people"
FRESH_MS = 10_000
"""Who does not tell it again for so long is gone."""


async def tell_people(redis: AnyRedis, people: int) -> None:
    """Say how many are about; Redis may be away for a while."""
    try:
        await redis.set(KEY, people, px=FRESH_MS)
    except (RedisError, OSError):
        return


async def people_about(redis: AnyRedis) -> int:
    """How many are about now; 0 where nobody tells."""
    try:
        told = await redis.get(KEY)
    except (RedisError, OSError):
        return 0
    return int(told) if told else 0
