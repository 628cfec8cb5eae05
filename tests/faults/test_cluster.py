"""The whole product on a Redis Cluster whose masters die, stall and give away their slots."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator

import pytest

from tests.cluster import ClusterOfValkeys, valkey_cluster
from tests.faults.crowd import Crowd
from tests.faults.ordeals import Ordeal
from tests.faults.run import Scale, undergo
from tests.faults.test_faults import PATIENCE
from tests.house import House
from tests.waiting import until

SCALE = Scale(members=80, tickets=20, rate=200, before=500, after=500, in_flight=50)
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
    async def happen(_crowd: Crowd) -> str:
        await trouble(cluster)
        return ""

    ordeal = Ordeal("cluster", (trouble.__doc__ or "").strip(), happen)
    try:
        outcome = await undergo(product, ordeal, SCALE, watched=True, patience=PATIENCE)
        print(outcome.line())
        outcome.check()
    except BaseException:
        print(product.complaints())
        raise
