"""Who of the staff is connected: said by every node again and again, since Redis may forget."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, cast

from redis.exceptions import RedisError

from domain.message import ActorKind, Id, Millis
from realtime.cluster import AnyRedis
from realtime.options import Options
from realtime.sessions import Connections

log = logging.getLogger(__name__)

KEY = "dw1:{presence}"
"""A sorted set of people's ids, each with the moment until which it counts as connected."""
GRACE: Millis = 8_000
"""How long somebody counts after the last word of their node: a reload is no absence."""
FORGET: Millis = 60_000


class Presence:
    """Tells Redis whom this node is connected to.

    Nothing is taken back: who has left, or whose node died, runs out. A flush heals with the next
    word.
    """

    def __init__(self, redis: AnyRedis, connections: Connections, options: Options) -> None:
        self._redis = redis
        self._connections = connections
        self._options = options

    async def run(self) -> None:
        """Tell for ever: soon where somebody came, and everybody again before they run out."""
        told: frozenset[Id] = frozenset()
        due = 0.0
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._options.presence_soon)
            here = self._here()
            if here <= told and loop.time() < due:
                continue
            try:
                await self._tell(here)
            except (RedisError, OSError) as error:
                log.warning("presence is told again soon: %s", error)
                told = frozenset()
                continue
            told, due = here, loop.time() + self._options.presence_every

    def _here(self) -> frozenset[Id]:
        return frozenset(
            connection.actor.id
            for connection in self._connections
            if connection.actor.kind is ActorKind.AGENT
        )

    async def _tell(self, here: frozenset[Id]) -> None:
        now = self._options.now()
        pipeline = self._redis.pipeline(transaction=False)
        if here:
            pipeline.zadd(KEY, dict.fromkeys(here, now + GRACE), gt=True)
        pipeline.zremrangebyscore(KEY, "-inf", now - FORGET)
        pipeline.pexpire(KEY, FORGET)
        await pipeline.execute()


async def present(redis: AnyRedis, now: Millis) -> frozenset[Id]:
    """Everybody of the staff who is connected to any node; raises RedisError."""
    found = await cast(Any, redis).zrangebyscore(KEY, now, "+inf")
    return frozenset(each.decode() for each in cast("list[bytes]", found))
