"""Who of the staff is connected: said by every node again and again, since Redis may forget."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from typing import cast

from redis.exceptions import RedisError

from domain.message import ActorKind, Id, Millis
from realtime.cluster import AnyRedis, run_script
from realtime.options import Options
from realtime.sessions import Connections

log = logging.getLogger(__name__)

KEY = "dw1:{presence}"
"""A sorted set of people's ids, each with the moment until which it counts as connected."""
GRACE: Millis = 8_000
"""How long somebody counts after the last word of their node: a reload is no absence."""
FORGET: Millis = 60_000
REDIS_WITHIN = 3.0
"""Seconds, so that a connection which leads nowhere any more is given up."""

# By the clock of Redis alone: nodes' clocks may be off. A word that holds for longer than any word
# may is from before Redis' own clock was set back, and counts for nothing.
_NOW = """
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local latest = now + tonumber(ARGV[1])
"""
_TELL = (
    _NOW
    + """
for at = 3, #ARGV do redis.call('ZADD', KEYS[1], latest, ARGV[at]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', latest), '+inf')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""
)
_PRESENT = _NOW + "return redis.call('ZRANGEBYSCORE', KEYS[1], now, latest)"


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
        """Tell for ever: soon who came, and everybody again before they run out."""
        told: frozenset[Id] = frozenset()
        due = 0.0
        loop, came = asyncio.get_running_loop(), self._connections.came
        while True:
            with suppress(TimeoutError):  # To look through ten thousand four times a second was a
                async with asyncio.timeout_at(due):  # third of what it took to keep them.
                    await came.wait()
            await asyncio.sleep(self._options.presence_soon)
            came.clear()
            here, everybody = self._here(), loop.time() >= due
            if not everybody and here <= told:
                continue
            try:
                await tell(self._redis, here if everybody else here - told)
            except (RedisError, OSError) as error:
                log.warning("presence is told again soon: %s", error)
                told, due = frozenset[Id](), 0.0
                continue
            told = here
            if everybody:
                due = loop.time() + self._options.presence_every

    def _here(self) -> frozenset[Id]:
        return frozenset(
            connection.actor.id
            for connection in self._connections
            if connection.actor.kind is ActorKind.AGENT
        )


async def tell(redis: AnyRedis, here: Iterable[Id]) -> None:
    """Say who is connected somewhere; raises RedisError or TimeoutError."""
    async with asyncio.timeout(REDIS_WITHIN):
        await run_script(redis, _TELL, [KEY], GRACE, FORGET, *here)


async def present(redis: AnyRedis) -> frozenset[Id]:
    """Everybody of the staff who is connected to any node; raises RedisError or TimeoutError."""
    async with asyncio.timeout(REDIS_WITHIN):
        found = cast("list[bytes]", await run_script(redis, _PRESENT, [KEY], GRACE))
    return frozenset(each.decode() for each in found)
