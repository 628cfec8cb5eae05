"""Slowing down who guesses passwords, without locking out whom they guess at."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable
from typing import NamedTuple, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.errors import RateLimited
from domain.message import Millis
from domain.ports import Clock

FREE = 5
"""So many tries cost nothing."""
LONGEST_MS = 60_000
"""No wait is longer, so that an attacker cannot keep anybody out."""
FORGET_MS = 15 * 60_000
MOST_KEPT = 10_000
REDIS_SECONDS = 1.0

# Reserves a try before the password is looked at, so that a hundred at once are not one try.
_TRY = """
local tries = tonumber(redis.call('HGET', KEYS[1], 'tries') or '0')
local open = tonumber(redis.call('HGET', KEYS[1], 'open') or '0')
local now = tonumber(ARGV[1])
if open > now then return open - now end
tries = tries + 1
local wait = 0
if tries >= tonumber(ARGV[2]) then
  wait = math.min(1000 * 2 ^ (tries - tonumber(ARGV[2])), tonumber(ARGV[3]))
end
redis.call('HSET', KEYS[1], 'tries', tries, 'open', now + wait)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 0
"""

log = logging.getLogger(__name__)


class _Tries(NamedTuple):
    tries: int
    open: Millis
    at: Millis


class Throttle:
    """Counts tries by account and address in Redis; by itself while Redis is away."""

    def __init__(self, redis: Redis, clock: Clock) -> None:
        self._redis = redis
        self._clock = clock
        self._here: OrderedDict[str, _Tries] = OrderedDict()

    async def enter(self, account: str, address: str) -> None:
        """Count a try; raises RateLimited with `retry_after` in seconds where it is too soon.

        From the fifth on each try doubles the wait, from a second up to a minute.
        """
        key = _key(account, address)
        now = self._clock.now()
        arguments = (str(now), str(FREE), str(LONGEST_MS), str(FORGET_MS))
        try:
            async with asyncio.timeout(REDIS_SECONDS):
                wait = int(await cast("Awaitable[int]", self._redis.eval(_TRY, 1, key, *arguments)))
        except (RedisError, OSError) as error:
            log.warning("log-ins are throttled by this node alone: %s", error)
            wait = self._try_here(key, now)
        if wait > 0:
            seconds = -(-wait // 1_000)
            raise RateLimited(f"Too many tries: wait {seconds} s.", fields={"retry_after": seconds})

    async def forgive(self, account: str, address: str) -> None:
        """Forget the tries of somebody who was right."""
        key = _key(account, address)
        self._here.pop(key, None)
        try:
            async with asyncio.timeout(REDIS_SECONDS):
                await self._redis.delete(key)
        except (RedisError, OSError) as error:
            log.warning("tries are not forgotten: %s", error)

    def _try_here(self, key: str, now: Millis) -> int:
        known = self._here.pop(key, None)
        if known is None or known.at + FORGET_MS < now:
            known = _Tries(0, 0, now)
        if known.open > now:
            self._here[key] = known
            return known.open - now
        tries = known.tries + 1
        wait = min(1_000 * 2 ** (tries - FREE), LONGEST_MS) if tries >= FREE else 0
        self._here[key] = _Tries(tries, now + wait, now)
        if len(self._here) > MOST_KEPT:
            self._here.popitem(last=False)
        return 0


def _key(account: str, address: str) -> str:
    name = f"{account.strip().casefold()}|{address}".encode("utf-8", "surrogatepass")
    return f"dw1:login:{hashlib.sha256(name).hexdigest()}"
