"""Whatever of the product uses Redis does so on a cluster of three masters too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator

import pytest
from redis.exceptions import RedisError
from taskiq import BrokerMessage

from domain.audience import user_room
from domain.errors import RateLimited
from domain.ports import FeedItem
from realtime.bus import Bus, Kind
from realtime.cluster import Cluster, open_redis
from realtime.feed import RedisFeeds
from realtime.options import Counters, Options
from realtime.presence import present, tell
from server.auth.throttle import HOUR_MS, Quota, Throttle
from server.backup.life import forget_rooms, refuse_listeners
from server.demo.pulse import people_about, tell_people
from server.jobs.broker import WakingBroker
from server.processes.doctor import look_at_redis
from server.processes.refusal import Refused
from tests.cluster import ClusterOfValkeys, valkey_cluster
from tests.server.house import FixedClock, new_id

ROOMS = [user_room(new_id()) for _ in range(40)]


@pytest.fixture(scope="module")
def cluster() -> Generator[ClusterOfValkeys]:
    with valkey_cluster() as cluster:
        yield cluster


@pytest.fixture
async def redis(cluster: ClusterOfValkeys) -> AsyncGenerator[Cluster]:
    client = open_redis(cluster.url)
    assert isinstance(client, Cluster)
    yield client
    await client.aclose()


@pytest.fixture
def feeds(redis: Cluster) -> RedisFeeds:
    return RedisFeeds(redis)


def note(room: str, seq: int) -> FeedItem:
    return FeedItem(room, "row:t", seq, {"type": "feed.row", "v": 1, "ticket_id": "t", "seq": seq})


async def test_feeds_are_written_read_and_forgotten_on_every_master(
    feeds: RedisFeeds, cluster: ClusterOfValkeys
):
    await feeds.write([note(room, 1) for room in ROOMS])

    heads = await feeds.heads(ROOMS, within=2.0)
    assert all(master.ask("DBSIZE") for master in cluster.masters)
    for room in ROOMS:
        epoch, offset, missed = await feeds.read(room, 0)
        assert heads[room] == (epoch, offset)
        assert len(missed) == 1

    await feeds.forget(ROOMS[:2])
    assert (await feeds.read(ROOMS[0], 0))[1:] == (0, [])


async def test_a_slot_on_the_move_is_found_where_it_is(
    feeds: RedisFeeds, redis: Cluster, cluster: ClusterOfValkeys
):
    await feeds.write([note(room, 1) for room in ROOMS])
    slot = redis.keyslot(f"dw1:{{{ROOMS[3]}}}")
    now_at = cluster.owner(slot)
    to = next(master for master in cluster.masters if master is not now_at)

    cluster.migrate(slot, to)
    assert set(await feeds.heads(ROOMS, within=2.0)) == set(ROOMS)
    cluster.migrate(slot, now_at)
    before = (await feeds.heads(ROOMS, within=2.0))[ROOMS[3]][1]
    await feeds.write([note(ROOMS[3], 2)])
    assert len((await feeds.read(ROOMS[3], before))[2]) == 1


async def test_jobs_are_kicked_and_taken_also_after_a_flush(cluster: ClusterOfValkeys):
    kicking, working = WakingBroker(cluster.url), WakingBroker(cluster.url)
    for each in (kicking, working):
        await each.startup()
    jobs = working.listen()

    async def kick(body: bytes) -> None:
        await kicking.kick(BrokerMessage(task_id="1", task_name="t", message=body, labels={}))

    await kick(b"first")
    assert await anext(jobs) == b"first"
    waiting = asyncio.ensure_future(anext(jobs))
    for master in cluster.masters:
        master.ask("FLUSHALL")
    await kick(b"second")
    assert await asyncio.wait_for(waiting, 10) == b"second"

    await jobs.aclose()
    for each in (kicking, working):
        await each.shutdown()


async def test_tries_are_counted_for_all_nodes(redis: Cluster):
    clock, quota = FixedClock(), Quota(f"tries {new_id()}", 2, HOUR_MS)
    one, two = Throttle(redis, clock), Throttle(redis, clock)

    await one.spend(quota, "somebody")
    await two.spend(quota, "somebody")
    with pytest.raises(RateLimited):
        await one.spend(quota, "somebody")


async def test_a_restore_is_refused_while_a_node_listens_and_empties_every_master(
    redis: Cluster, feeds: RedisFeeds, cluster: ClusterOfValkeys
):
    def hear(room: str, kind: Kind, body: bytes) -> None:
        raise AssertionError("nobody speaks")

    bus = Bus(redis, hear, Options(), Counters())
    await bus.start()
    for room in ROOMS:
        assert await bus.subscribe(room)
    with pytest.raises(Refused, match="nodes listen"):
        await refuse_listeners(redis)
    await bus.stop()

    await feeds.write([note(room, 1) for room in ROOMS])
    await forget_rooms(redis)

    left = [key for master in cluster.masters for key in master.ask("KEYS", "dw1:*")]
    assert [key for key in left if not key.startswith(b"dw1:login:")] == []


async def test_presence_is_told_and_read(redis: Cluster):
    await tell(redis, ["ada"])
    assert await present(redis) == {"ada"}


async def test_people_of_the_demo_are_counted(redis: Cluster):
    await tell_people(redis, 3)
    assert await people_about(redis) == 3


async def test_the_doctor_says_how_a_cluster_is_named(cluster: ClusterOfValkeys):
    well, unwell = await look_at_redis(cluster.url), await look_at_redis(cluster.masters[0].url)

    assert well.well
    assert "a cluster" in str(well)
    assert not unwell.well
    assert "REDIS_URL=redis+cluster://" in str(unwell)


async def test_a_cluster_that_is_away_counts_as_a_redis_that_is_away():
    client = open_redis("redis+cluster://127.0.0.1:9,127.0.0.1:10")

    assert isinstance(client, Cluster)
    for asked in (client.ping(), client.get("key"), RedisFeeds(client).heads(ROOMS, within=1.0)):
        with pytest.raises(RedisError):
            await asked
    assert await people_about(client) == 0
    await client.aclose()


async def test_a_dead_master_takes_along_only_its_own_rooms(
    redis: Cluster, feeds: RedisFeeds, cluster: ClusterOfValkeys
):
    await feeds.write([note(room, 1) for room in ROOMS])
    dead = cluster.masters[2]  # It has no replica.
    theirs = {room for room in ROOMS if cluster.owner(redis.keyslot(f"dw1:{{{room}}}")) is dead}
    assert theirs

    dead.kill()

    assert set(await feeds.heads(ROOMS, within=2.0)) == set(ROOMS) - theirs
    assert await redis.ping()
