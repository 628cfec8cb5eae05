"""Slowing down who guesses or asks too much, without locking out whom they guess at."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable
from typing import NamedTuple, cast

from redis.exceptions import RedisError

from domain.errors import RateLimited
from domain.message import Millis
from domain.ports import Clock
from domain.rates import network_of
from realtime.cluster import AnyRedis

FREE = 5
"""So many tries cost nothing."""
LONGEST_MS = 60_000
"""No wait is longer, so that an attacker cannot keep anybody out."""
FORGET_MS = 15 * 60_000
MOST_KEPT = 10_000
HOUR_MS = 3_600_000
REDIS_SECONDS = 1.0
AWAY_MS = 5_000
"""So long nobody waits again for a Redis that did not answer: a log-in asks it several times."""

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

# A bucket that runs empty evenly, kept as the moment at which it will be empty again.
_SPEND = """
local now, each, whole = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local empty = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + each
if empty - now > whole then return empty - now - whole end
if ARGV[4] == 'take' then redis.call('SET', KEYS[1], empty, 'PX', whole) end
return 0
"""

_FORGIVE = "return redis.call('DEL', KEYS[1])"

log = logging.getLogger(__name__)


class Quota(NamedTuple):
    """So many of something in so long a time, at once or spread, and then evenly."""

    name: str
    many: int
    within_ms: Millis

    @property
    def each_ms(self) -> Millis:
        """How long one of them counts."""
        return -(-self.within_ms // self.many)

    @property
    def whole_ms(self) -> Millis:
        """How long all of them count, one after the other."""
        return self.each_ms * self.many


class _Tries(NamedTuple):
    tries: int
    open: Millis
    at: Millis


class Throttle:
    """Counts tries by account and network in Redis; by itself while Redis is away."""

    def __init__(self, redis: AnyRedis, clock: Clock) -> None:
        self._redis = redis
        self._clock = clock
        self._here: OrderedDict[str, _Tries] = OrderedDict()
        self._spent: OrderedDict[str, Millis] = OrderedDict()
        self._away_until: Millis = 0

    async def enter(self, account: str, address: str) -> None:
        """Count a try; raises RateLimited with `retry_after` in seconds where it is too soon.

        From the fifth on each try doubles the wait, from a second up to a minute.
        """
        key = _key(account, address)
        now = self._clock.now()
        wait = await self._in_redis(_TRY, key, now, FREE, LONGEST_MS, FORGET_MS)
        _refuse_early("Too many tries", self._try_here(key, now) if wait is None else wait)

    async def spend(self, quota: Quota, who: str) -> None:
        """Take one of what somebody has; raises RateLimited where none is left."""
        await self._ask(quota, who, take=True)

    async def require(self, quota: Quota, who: str) -> None:
        """Raise RateLimited where nothing is left of what somebody has."""
        await self._ask(quota, who, take=False)

    async def _ask(self, quota: Quota, who: str, *, take: bool) -> None:
        key = _hashed(f"{quota.name} {who.strip()}", "quota")
        now = self._clock.now()
        how = "take" if take else "look"
        wait = await self._in_redis(_SPEND, key, now, quota.each_ms, quota.whole_ms, how)
        if wait is None:
            wait = self._ask_here(quota, key, now, take=take)
        _refuse_early(f"Too many {quota.name}", wait)

    async def forgive(self, account: str, address: str) -> None:
        """Forget the tries of somebody who was right."""
        key = _key(account, address)
        self._here.pop(key, None)
        await self._in_redis(_FORGIVE, key)

    async def _in_redis(self, script: str, key: str, *arguments: object) -> int | None:
        """What Redis says; None while it is away, and this node counts by itself."""
        if self._clock.now() < self._away_until:
            return None
        asked = self._redis.eval(script, 1, key, *map(str, arguments))
        try:
            async with asyncio.timeout(REDIS_SECONDS):
                return int(await cast("Awaitable[int]", asked))
        except (RedisError, OSError) as error:
            log.warning("tries are counted by this node alone: %s", error)
            self._away_until = self._clock.now() + AWAY_MS
            return None

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

    def _ask_here(self, quota: Quota, key: str, now: Millis, *, take: bool) -> int:
        before = self._spent.pop(key, 0)
        empty = max(before, now) + quota.each_ms
        over = empty - now - quota.whole_ms
        after = empty if take and over <= 0 else before
        if after > now:
            self._spent[key] = after
        if len(self._spent) > MOST_KEPT:
            self._spent.popitem(last=False)
        return max(over, 0)


def _refuse_early(what: str, wait: Millis) -> None:
    if wait > 0:
        seconds = -(-wait // 1_000)
        raise RateLimited(f"{what}: wait {seconds} s.", fields={"retry_after": seconds})


def _key(account: str, address: str) -> str:
    return _hashed(account, network_of(address))


def _hashed(account: str, where: str) -> str:
    name = f"{account.strip().casefold()}|{where}".encode("utf-8", "surrogatepass")
    return f"dw1:login:{hashlib.sha256(name).hexdigest()}"
