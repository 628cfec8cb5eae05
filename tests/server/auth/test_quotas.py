"""How many accounts and visitors one network makes, and how quotas run."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from domain.errors import NotUnique, RateLimited, Unauthenticated
from domain.rates import network_of
from server.auth.families import Where
from server.auth.passwords import Passwords
from server.auth.throttle import FREE, Quota, Throttle
from tests.server.auth.conftest import HERE, PASSWORD, Door, open_door
from tests.server.auth.test_throttle import away as away
from tests.server.auth.test_throttle import throttle as throttle
from tests.server.dispatch.papers import new_id
from tests.server.house import FixedClock

FEW = Quota("letters", 3, 60_000)


async def waits(throttle: Throttle, who: str = "ada", quota: Quota = FEW) -> int:
    """How many seconds somebody is told to wait; 0 if they may."""
    try:
        await throttle.spend(quota, who)
    except RateLimited as refused:
        return refused.fields["retry_after"]
    return 0


async def test_a_quota_can_be_spent_at_once_and_fills_up_evenly(
    throttle: Throttle, clock: FixedClock
):
    assert [await waits(throttle) for _ in range(5)] == [0, 0, 0, 20, 20]
    clock.time += 20_000
    assert [await waits(throttle) for _ in range(2)] == [0, 20]
    clock.time += 60_000
    assert [await waits(throttle) for _ in range(4)] == [0, 0, 0, 20]


async def test_quotas_are_everybodys_own(throttle: Throttle):
    assert [await waits(throttle) for _ in range(4)] == [0, 0, 0, 20]
    assert await waits(throttle, "eve") == 0
    assert await waits(throttle, quota=FEW._replace(name="calls")) == 0
    assert await waits(throttle, " ADA ") == 20


async def test_two_nodes_spend_together(redis: Redis, clock: FixedClock):
    nodes = [Throttle(redis, clock), Throttle(redis, clock)]
    assert [await waits(nodes[turn % 2]) for turn in range(4)] == [0, 0, 0, 20]


async def test_a_quota_is_forgotten_when_it_is_full_again(redis: Redis, clock: FixedClock):
    await waits(Throttle(redis, clock))
    (key,) = await redis.keys("*")  # pyright: ignore[reportUnknownMemberType]
    assert 0 < await redis.pttl(key) <= FEW.within_ms
    assert "ada" not in str(key)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8:0:0:ffff::1", "2001:db8::/64"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
        ("unknown", "unknown"),
    ],
)
def test_of_ipv6_everybody_has_a_whole_network(address: str, network: str):
    assert network_of(address) == network


@pytest.fixture
def strict(door: Door, redis: Redis, passwords: Passwords) -> Door:
    """A desk that lets few accounts and visitors be made, and few log-ins fail."""
    few = {"signups_per_hour": 3, "guests_per_hour": 3, "failed_logins_per_hour": 3}
    return open_door(door.store, door.settings.model_copy(update=few), door.clock, redis, passwords)


async def test_one_network_finds_out_few_addresses_that_are_taken(strict: Door):
    await strict.signup("cleo@x.test")
    for _ in range(2):
        with pytest.raises(NotUnique):
            await strict.signup("cleo@x.test")
    with pytest.raises(RateLimited):
        await strict.signup("new@x.test")
    given = {"email": "new@x.test", "name": "New", "password": PASSWORD}
    assert await strict.auth.signup(**given, command_id=new_id(), where=Where("192.0.2.9"))


async def test_one_address_is_tried_a_few_times_from_one_place(door: Door):
    await door.signup("cleo@x.test")
    for _ in range(FREE - 1):
        with pytest.raises(NotUnique):
            await door.signup("cleo@x.test")
    with pytest.raises(RateLimited):
        await door.signup("cleo@x.test")
    assert await door.login("cleo@x.test")  # Guessing passwords is counted by itself.
    assert await door.signup("other@x.test")


async def test_one_network_guesses_few_passwords_with_however_many_accounts(strict: Door):
    await strict.signup("cleo@x.test")
    for turn in range(3):
        assert await strict.login("cleo@x.test")  # Who is right spends nothing.
        with pytest.raises(Unauthenticated):
            await strict.login(f"user{turn}@x.test", "Summer2026!")
    with pytest.raises(RateLimited) as refused:
        await strict.login("user3@x.test", "Summer2026!")
    with pytest.raises(RateLimited):
        await strict.login("cleo@x.test")
    elsewhere = Where("192.0.2.9")
    assert await strict.auth.login(email="cleo@x.test", password=PASSWORD, where=elsewhere)

    strict.clock.time += refused.value.fields["retry_after"] * 1_000
    assert await strict.login("cleo@x.test")


async def test_who_looks_spends_nothing(throttle: Throttle):
    for _ in range(3):
        await throttle.require(FEW, "ada")
    assert [await waits(throttle) for _ in range(3)] == [0, 0, 0]
    with pytest.raises(RateLimited):
        await throttle.require(FEW, "ada")


async def test_one_network_sends_so_many_visitors(strict: Door):
    for _ in range(3):
        await strict.auth.guest(HERE)
    with pytest.raises(RateLimited) as refused:
        await strict.auth.guest(HERE)
    assert await strict.auth.guest(Where("192.0.2.9"))
    strict.clock.time += refused.value.fields["retry_after"] * 1_000
    assert await strict.auth.guest(HERE)
