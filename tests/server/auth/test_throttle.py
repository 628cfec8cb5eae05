"""Who guesses is slowed down; whom they guess at is not locked out."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from domain.errors import RateLimited
from server.auth.throttle import FORGET_MS, FREE, Throttle
from tests.server.house import FixedClock

ACCOUNT, ADDRESS = "ada@x.test", "192.0.2.1"


@pytest.fixture
async def away() -> Redis:
    """A Redis that is not there."""
    return Redis.from_url("unix:///nowhere/redis.sock")


@pytest.fixture(params=["redis", "memory"])
def throttle(request: pytest.FixtureRequest, redis: Redis, away: Redis, clock: FixedClock):
    return Throttle(redis if request.param == "redis" else away, clock)


async def waits(throttle: Throttle, account: str = ACCOUNT, address: str = ADDRESS) -> int:
    """How many seconds somebody is told to wait; 0 if their try counts."""
    try:
        await throttle.enter(account, address)
    except RateLimited as refused:
        return refused.fields["retry_after"]
    return 0


async def test_some_tries_are_free_and_then_each_doubles_the_wait(
    throttle: Throttle, clock: FixedClock
):
    assert [await waits(throttle) for _ in range(FREE)] == [0] * FREE
    told: list[int] = []
    for _ in range(8):
        told.append(await waits(throttle))
        clock.time += told[-1] * 1_000
        assert await waits(throttle) == 0
    assert told == [1, 2, 4, 8, 16, 32, 60, 60]


async def test_a_refused_try_makes_the_wait_no_longer(throttle: Throttle, clock: FixedClock):
    for _ in range(FREE + 20):
        await waits(throttle)
    assert await waits(throttle) == 1
    clock.time += 1_000
    assert await waits(throttle) == 0


async def test_others_are_not_slowed_down(throttle: Throttle):
    for _ in range(FREE + 1):
        await waits(throttle)
    assert await waits(throttle) > 0
    assert await waits(throttle, address="192.0.2.2") == 0
    assert await waits(throttle, account="eve@x.test") == 0
    assert await waits(throttle, account=" ADA@X.test ") > 0


async def test_of_ipv6_a_whole_network_guesses_together(throttle: Throttle):
    told = [await waits(throttle, address=f"2001:db8::{number}") for number in range(FREE + 1)]
    assert told == [0] * FREE + [1]
    assert await waits(throttle, address="2001:db8:0:1::1") == 0


async def test_a_hundred_tries_at_once_are_not_one(throttle: Throttle):
    told = await asyncio.gather(*(waits(throttle) for _ in range(100)))
    assert told.count(0) == FREE


async def test_who_was_right_starts_anew(throttle: Throttle):
    for _ in range(FREE):
        await waits(throttle)
    await throttle.forgive(ACCOUNT, ADDRESS)
    assert [await waits(throttle) for _ in range(FREE)] == [0] * FREE


async def test_tries_are_forgotten_after_a_while(away: Redis, clock: FixedClock):
    throttle = Throttle(away, clock)
    for _ in range(FREE + 1):
        await waits(throttle)
    clock.time += FORGET_MS + 1
    assert [await waits(throttle) for _ in range(FREE)] == [0] * FREE


async def test_redis_forgets_too_and_keeps_no_address_in_plain(redis: Redis, clock: FixedClock):
    await waits(Throttle(redis, clock))
    (key,) = await redis.keys("*")
    assert 0 < await redis.pttl(key) <= FORGET_MS
    assert b"ada" not in key


async def test_two_nodes_count_together(redis: Redis, clock: FixedClock):
    nodes = [Throttle(redis, clock), Throttle(redis, clock)]
    told = [await waits(nodes[turn % 2]) for turn in range(FREE + 1)]
    assert told == [0] * FREE + [1]
