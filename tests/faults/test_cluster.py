"""The whole product on a Redis Cluster whose masters die, stall and give away their slots."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator

import pytest

from tests.cluster import ClusterOfValkeys, valkey_cluster
from tests.faults.test_kills import TALK_SECONDS, Desk, until
from tests.house import House

MESSAGES = 2_000
STALL_SECONDS = 15.0
SLOTS = 400

pytestmark = pytest.mark.long


@pytest.fixture
def cluster() -> Generator[ClusterOfValkeys]:
    with valkey_cluster() as cluster:
        yield cluster


@pytest.fixture
def product(cluster: ClusterOfValkeys) -> Generator[House]:
    with House(REDIS_URL=cluster.url) as product:
        yield product


async def fail_over(cluster: ClusterOfValkeys) -> None:
    """A master dies, its replica takes over, and it comes back as the replica's replica."""
    first = cluster.masters[0]
    await asyncio.to_thread(first.kill)
    await until(lambda: cluster.replica.is_master, "the replica took over")
    await asyncio.to_thread(first.start)


async def stall(cluster: ClusterOfValkeys) -> None:
    """A master hangs, is succeeded, and learns of it later."""
    first = cluster.masters[0]
    first.pause()
    await asyncio.sleep(STALL_SECONDS)
    first.resume()


async def reshard(cluster: ClusterOfValkeys) -> None:
    """Slots go from the first master to the second, one after the other."""
    first, second, _ = cluster.masters
    for slot in range(SLOTS):
        await asyncio.to_thread(cluster.migrate, slot * 13 % 5_461, second)
    assert len(first.ask("CLUSTER", "SLOTS")) > 3


@pytest.mark.parametrize("trouble", [fail_over, stall, reshard])
async def test_a_cluster_in_trouble_loses_and_doubles_nothing(
    product: House,
    cluster: ClusterOfValkeys,
    trouble: Callable[[ClusterOfValkeys], Awaitable[None]],
):
    desk = await Desk.open(product)
    try:
        sent = asyncio.create_task(desk.talk(MESSAGES))
        await until(
            lambda: len(desk.acknowledged) >= MESSAGES // 4, "a quarter is sent", TALK_SECONDS
        )
        await trouble(cluster)
        await asyncio.wait_for(sent, TALK_SECONDS)
        await desk.check_everybody_has_everything()
        await desk.check_lists_and_counters()
    except BaseException:
        print(product.complaints())
        raise
    finally:
        await desk.close()
