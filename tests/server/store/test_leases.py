"""A lease has one holder at a time, and a token that rises."""

from __future__ import annotations

import asyncio

from server.store.connect import Store
from server.store.leases import Leases
from server.store.models import Lease
from server.store.sequences import next_number
from tests.server.house import FixedClock


async def test_only_one_of_many_gets_a_lease(store: Store, clock: FixedClock):
    holders = [Leases(store, clock) for _ in range(5)]

    tokens = await asyncio.gather(*(holder.acquire("x", 100) for holder in holders))

    assert sorted(token for token in tokens if token is not None) == [1]


async def test_a_holder_renews_and_another_takes_over_what_ran_out(store: Store, clock: FixedClock):
    first, second = Leases(store, clock), Leases(store, clock)
    assert await first.acquire("x", 100) == 1
    clock.time += 60
    assert await first.acquire("x", 100) == 1
    clock.time += 60
    assert await second.acquire("x", 100) is None
    clock.time += 60

    assert await second.acquire("x", 100) == 2
    assert await first.acquire("x", 100) is None


async def test_a_released_lease_is_free_at_once_and_keeps_its_token(
    store: Store, clock: FixedClock
):
    first, second = Leases(store, clock), Leases(store, clock)
    await first.acquire("x", 100)

    await second.release("x", 1)
    assert await second.acquire("x", 100) is None
    await first.release("x", 1)
    assert await second.acquire("x", 100) == 2


async def test_of_many_leases_those_are_won_that_nobody_has_and_dropped_ones_leave_nothing(
    store: Store, clock: FixedClock
):
    first, second = Leases(store, clock), Leases(store, clock)

    assert sorted(await first.acquire_some(["a", "b"], 100)) == ["a", "b"]
    assert await second.acquire_some(["b", "c"], 100) == ["c"]
    await second.drop(["b", "c"])
    assert await second.acquire_some(["b", "c"], 100) == ["c"]
    clock.time += 101
    assert sorted(await second.acquire_some(["a", "b"], 100)) == ["a", "b"]

    await second.drop(["a", "b", "c"])
    assert await store[Lease].count_documents({}) == 0


async def test_numbers_drawn_at_once_are_all_different(store: Store):
    drawn = await asyncio.gather(*(next_number(store, "ticket") for _ in range(20)))

    assert sorted(drawn) == list(range(1, 21))
