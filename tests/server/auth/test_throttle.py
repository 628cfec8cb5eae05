"""Who guesses is slowed down; whom they guess at is not locked out."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from domain.errors import RateLimited
from server.auth.throttle import AWAY_MS, FORGET_MS, FREE, HOUR_MS, Quota, Throttle
from tests.server.house import FixedClock

ACCOUNT, ADDRESS = "ada@x.test", "192.0.2.1"
QUOTA = Quota("failed log-ins", 20, HOUR_MS)


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


async def test_a_redis_that_hangs_is_waited_for_once_and_then_left_alone_for_a_while(
    clock: FixedClock,
):
    # Given one that takes every connection and says nothing
    asked: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: asked.append(writer), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    hanging = Redis(host="127.0.0.1", port=port)
    throttle = Throttle(hanging, clock)

    # When somebody logs in, and fails until it is too much
    await throttle.enter(ACCOUNT, ADDRESS)
    await throttle.require(QUOTA, ADDRESS)
    await throttle.forgive(ACCOUNT, ADDRESS)
    told = [await waits(throttle) for _ in range(FREE + 1)]

    # Then it was asked once, and once more after a while
    assert told == [0] * FREE + [1]
    assert len(asked) == 1
    clock.time += AWAY_MS
    await throttle.require(QUOTA, ADDRESS)
    assert len(asked) == 2

    await hanging.aclose()
    for writer in asked:
        writer.close()
    server.close()


async def test_two_nodes_count_together(redis: Redis, clock: FixedClock):
    nodes = [Throttle(redis, clock), Throttle(redis, clock)]
    told = [await waits(nodes[turn % 2]) for turn in range(FREE + 1)]
    assert told == [0] * FREE + [1]
