"""Feed rooms: absolute items, a bounded history, and a snapshot where that does not reach."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from domain.audience import WALLBOARD, team_room, user_room
from domain.message import Envelope
from domain.ports import FeedItem
from realtime import feed_rooms
from realtime.feed import HISTORY, RedisFeeds
from tests.domain.desk import uid
from tests.realtime.conftest import Enter, StartNode
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import QUICK, Node, until
from tests.stores import StoreProcess

TEAM = team_room(uid("first"))


def row(seq: int, room: str = TEAM, ticket: str = "t", **shown: Any) -> FeedItem:
    event = {"type": "feed.row", "v": 1, "ticket_id": ticket, "seq": seq, "row": shown or None}
    return FeedItem(room, f"row:{ticket}", seq, event)


@pytest.fixture
async def redis(redis_url: str) -> Any:
    client = Redis.from_url(redis_url, decode_responses=False)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
def feeds(redis: Redis) -> RedisFeeds:
    return RedisFeeds(redis)


async def test_what_is_written_reaches_members_on_every_node(
    store: MemoryStore, feeds: RedisFeeds, node: Node, other_node: Node, enter: Enter
):
    store.feed[TEAM] = {"rows": [{"ticket_id": "t", "seq": 1, "row": {"title": "A"}}]}
    members = [await enter(each, store.desk.ada) for each in (node, other_node)]
    answers = [(await member.join(TEAM))[0] for member in members]

    await feeds.write([row(2, title="B"), row(1, ticket="u", title="C"), row(3, user_room("x"))])

    for member, answer in zip(members, answers, strict=True):
        await until(lambda member=member: member.events(TEAM))
        assert answer["snapshot"]["rows"] == store.feed[TEAM]["rows"]
        (envelope,) = member.events(TEAM)
        assert envelope["prev"] == answer["seq"]
        assert envelope["epoch"] == answer["epoch"]
        assert [event["row"]["title"] for event in envelope["events"]] == ["B", "C"]
        assert member.got == [("event", envelope)]


async def test_an_older_item_is_dropped_and_a_removal_is_remembered(
    store: MemoryStore, feeds: RedisFeeds, node: Node, enter: Enter
):
    member = await enter(node, store.desk.ada)
    await member.join(TEAM)

    await feeds.write([row(5, title="new")])
    await feeds.write([row(4, title="late")])
    await feeds.write([row(6)])
    await feeds.write([row(5, title="late too"), row(1, ticket="u", title="other")])

    await until(lambda: len(member.events(TEAM)) == 3)
    shown = [[(e["ticket_id"], e["seq"]) for e in p["events"]] for p in member.events(TEAM)]
    assert shown == [[("t", 5)], [("t", 6)], [("u", 1)]]


async def test_who_was_away_gets_what_was_missed(
    store: MemoryStore, feeds: RedisFeeds, node: Node, other_node: Node, enter: Enter
):
    member = await enter(node, store.desk.ada)
    (before,) = await member.join(TEAM)
    await member.sio.disconnect()
    for seq in range(2, 6):
        await feeds.write([row(seq, title=f"{seq}")])
    store.reads.clear()

    back = await enter(other_node, store.desk.ada)
    (answer,) = await back.join({"room": TEAM, "epoch": before["epoch"], "after": before["seq"]})
    await feeds.write([row(6, title="6")])
    await until(lambda: back.events(TEAM))

    assert answer["snapshot"] is None
    missed = [envelope["events"][0]["seq"] for envelope in answer["envelopes"]]
    assert missed == [2, 3, 4, 5]
    assert back.events(TEAM)[0]["prev"] == answer["seq"]
    assert store.reads["feed_snapshot"] == 0


async def test_who_was_away_too_long_gets_a_snapshot(
    store: MemoryStore, feeds: RedisFeeds, node: Node, enter: Enter
):
    await feeds.write([row(1)])
    epoch, offset, _ = await feeds.read(TEAM, None)
    for seq in range(2, HISTORY + 3):
        await feeds.write([row(seq)])
    member = await enter(node, store.desk.ada)

    (answer,) = await member.join({"room": TEAM, "epoch": epoch, "after": offset})

    assert answer["snapshot"] == {"rows": []}
    assert answer["envelopes"] == []
    assert len((await feeds.read(TEAM, 0))[2]) == HISTORY


async def test_a_lost_change_is_found_by_the_sweep(
    store: MemoryStore, start_node: StartNode, feeds: RedisFeeds, redis: Redis, enter: Enter
):
    node = await start_node(QUICK)
    member = await enter(node, store.desk.ada)
    await member.join(TEAM)
    await until(lambda: node.realtime.bus.confirmed(TEAM))
    node.realtime.bus.unsubscribe(TEAM)  # So that nothing arrives by itself.
    await until(lambda: redis_unheard(node, TEAM))

    await feeds.write([row(2, title="B")])
    await feeds.write([row(3, title="C")])

    await until(lambda: len(member.events(TEAM)) == 2)


async def test_a_read_of_what_is_missing_that_leads_nowhere_is_given_up_and_asked_again(
    store: MemoryStore,
    start_node: StartNode,
    feeds: RedisFeeds,
    enter: Enter,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(feed_rooms, "REDIS_WITHIN", 0.2)
    node = await start_node(QUICK)
    member = await enter(node, store.desk.ada)
    await member.join(TEAM)
    node.realtime.bus.unsubscribe(TEAM)  # So that nothing arrives by itself.
    await until(lambda: redis_unheard(node, TEAM))
    read, asked = node.feeds.read, 0

    async def nowhere_at_first(room: str, after: int | None) -> Any:
        nonlocal asked
        asked += 1
        if asked == 1:
            await asyncio.Event().wait()
        return await read(room, after)

    monkeypatch.setattr(node.feeds, "read", nowhere_at_first)

    await feeds.write([row(2, title="B")])
    await until(lambda: member.events(TEAM))
    assert asked >= 2


def redis_unheard(node: Node, room: str) -> bool:
    return not node.realtime.bus.confirmed(room)


async def test_what_comes_while_the_heads_are_compared_puts_nobody_out(
    store: MemoryStore,
    start_node: StartNode,
    feeds: RedisFeeds,
    enter: Enter,
    monkeypatch: pytest.MonkeyPatch,
):
    node = await start_node(QUICK)
    member = await enter(node, store.desk.ada)
    await member.join(TEAM)
    await until(lambda: node.realtime.bus.confirmed(TEAM))
    heads, compared = node.feeds.heads, 0

    async def slowly(rooms: Sequence[str], within: float) -> Any:
        """Redis answered, and its answer is read after what was published since."""
        nonlocal compared
        answer = await heads(rooms, within)
        seen = len(member.events(TEAM))
        await feeds.write([row(2 + compared, title="meanwhile")])
        await until(lambda: len(member.events(TEAM)) > seen or member.of("left"))
        compared += 1
        return answer

    monkeypatch.setattr(node.feeds, "heads", slowly)

    await until(lambda: compared > 3)
    assert member.of("left") == []


async def test_what_was_missing_may_come_while_it_is_read(
    store: MemoryStore,
    start_node: StartNode,
    feeds: RedisFeeds,
    enter: Enter,
    monkeypatch: pytest.MonkeyPatch,
):
    node = await start_node(QUICK)
    member = await enter(node, store.desk.ada)
    (answer,) = await member.join(TEAM)
    node.realtime.bus.unsubscribe(TEAM)  # So that nothing arrives by itself.
    await until(lambda: redis_unheard(node, TEAM))
    read, came = node.feeds.read, 0

    async def slowly(room: str, after: int | None) -> Any:
        """The read has its answer, and before it is looked at the late message is there."""
        nonlocal came
        found = await read(room, after)
        for json in found[2]:
            node.realtime.rooms.receive(room, json)
            came += 1
        return found

    monkeypatch.setattr(node.feeds, "read", slowly)

    for seq in (2, 3):
        await feeds.write([row(seq, title="late")])
        await until(lambda seq=seq: len(member.events(TEAM)) == seq - 1 or member.of("left"))

    assert member.of("left") == []
    assert came >= 2
    assert member.events(TEAM)[0]["prev"] == answer["seq"]


async def test_a_flush_sends_members_to_join_anew_and_nobody_reloads(
    store: MemoryStore, start_node: StartNode, feeds: RedisFeeds, redis: Redis, enter: Enter
):
    node = await start_node(QUICK)
    member = await enter(node, store.desk.ada)
    await feeds.write([row(2, title="B")])
    (before,) = await member.join(TEAM)

    await redis.flushall()
    await until(lambda: member.of("left") == [{"room": TEAM, "reason": "resync"}])
    store.feed[TEAM] = {"rows": ["what the documents say"]}
    (after,) = await member.join({"room": TEAM, "epoch": before["epoch"], "after": before["seq"]})
    await feeds.write([row(3, title="C")])
    await until(lambda: member.events(TEAM))

    assert after["epoch"] != before["epoch"]
    assert after["snapshot"] == {"rows": ["what the documents say"]}
    assert member.events(TEAM)[0]["epoch"] == after["epoch"]
    assert not member.gone.is_set()


async def test_a_write_after_a_flush_is_noticed_at_once(
    store: MemoryStore, feeds: RedisFeeds, redis: Redis, node: Node, enter: Enter
):
    member = await enter(node, store.desk.ada)
    await member.join(TEAM)

    await redis.flushall()
    await feeds.write([row(1, title="of a new epoch")])

    await until(lambda: member.of("left"))  # Without any sweep.
    assert member.events(TEAM) == []


async def test_a_forgotten_room_starts_over(
    store: MemoryStore, feeds: RedisFeeds, node: Node, enter: Enter
):
    member = await enter(node, store.desk.ada)
    await feeds.write([row(7, title="B")])
    (before,) = await member.join(TEAM)

    await feeds.forget([TEAM])
    await until(lambda: member.of("left"))
    (after,) = await member.join({"room": TEAM, "epoch": before["epoch"], "after": before["seq"]})
    await feeds.write([row(1, title="B")])
    await until(lambda: member.events(TEAM))

    assert after["snapshot"] is not None
    assert after["epoch"] != before["epoch"]


async def test_a_restart_that_loses_the_newest_writes_shows_in_the_chain(
    store: MemoryStore, start_node: StartNode, enter: Enter, valkey: StoreProcess
):
    """Redis comes back with an older state: what was seen and lost must not hide what is new."""
    node = await start_node(QUICK, valkey.url)
    member = await enter(node, store.desk.ada)
    await node.feeds.write([row(1, title="kept")])
    await member.join(TEAM)
    files = await _snapshot_of(node.redis, valkey)
    await node.feeds.write([row(2, title="lost")])
    await until(lambda: member.events(TEAM))
    valkey.kill()
    _restore(valkey, files)
    valkey.start()

    await until(lambda: member.of("left") == [{"room": TEAM, "reason": "resync"}])
    (answer,) = await member.join(TEAM)
    await node.feeds.write([row(3, title="new")])
    await until(lambda: len(member.events(TEAM)) == 2)
    assert member.events(TEAM)[1]["prev"] == answer["seq"]
    assert member.events(TEAM)[1]["seq"] > member.events(TEAM)[0]["seq"]


async def _snapshot_of(redis: Redis, valkey: StoreProcess) -> dict[str, bytes]:
    await redis.execute_command("WAITAOF", 1, 0, 5_000)
    folder = valkey.log.parent / "valkey" / "appendonlydir"
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _restore(valkey: StoreProcess, files: dict[str, bytes]) -> None:
    folder = valkey.log.parent / "valkey" / "appendonlydir"
    for name, content in files.items():
        (folder / name).write_bytes(content)


async def test_without_redis_a_feed_is_joined_and_heals_when_it_is_back(
    store: MemoryStore, start_node: StartNode, enter: Enter, valkey: StoreProcess
):
    node = await start_node(QUICK, valkey.url)
    member = await enter(node, store.desk.sue)
    valkey.kill()

    (answer,) = await member.join(WALLBOARD)
    assert answer["snapshot"] == {"rows": []}
    valkey.start()
    await until(lambda: member.of("left") == [{"room": WALLBOARD, "reason": "resync"}])
    await member.join(WALLBOARD)
    await node.feeds.write([row(1, WALLBOARD, title="A")])
    await until(lambda: member.events(WALLBOARD))


async def test_many_watchers_share_one_snapshot(
    store: MemoryStore, node: Node, feeds: RedisFeeds, enter: Enter
):
    watchers = await asyncio.gather(*(enter(node, store.desk.sue) for _ in range(10)))
    gate = asyncio.Event()
    store.before["feed_snapshot"] = gate.wait  # type: ignore[assignment]

    joining = [asyncio.create_task(watcher.join(WALLBOARD)) for watcher in watchers]
    await until(lambda: store.reads["feed_snapshot"] and node.joining(WALLBOARD) == 10)
    await feeds.write([row(1, WALLBOARD, title="while they wait")])
    await until(lambda: node.counters.received)
    gate.set()
    answers = [answer for (answer,) in await asyncio.gather(*joining)]

    assert store.reads["feed_snapshot"] == 1
    assert {answer["seq"] for answer in answers} == {answers[0]["seq"]}
    assert [e["events"][0]["row"]["title"] for e in answers[0]["envelopes"]] == ["while they wait"]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 9)), min_size=1, max_size=4),
        max_size=12,
    )
)
def test_writers_in_any_order_leave_the_newest_of_each_item(
    redis_url: str, batches: list[list[tuple[str, int]]]
):
    async def play() -> None:
        async with Redis.from_url(redis_url, decode_responses=False) as redis:
            feeds = RedisFeeds(redis)
            await feeds.forget([TEAM])
            for batch in batches:
                await feeds.write([row(seq, ticket=ticket) for ticket, seq in batch])
            shown: dict[str, int] = {}
            prev = 0
            for json in (await feeds.read(TEAM, 0))[2]:
                envelope = Envelope.model_validate_json(json)
                assert envelope.prev == prev
                prev = envelope.seq
                for event in envelope.events:
                    assert event["seq"] >= shown.get(event["ticket_id"], 0)
                    shown[event["ticket_id"]] = event["seq"]
            newest: dict[str, int] = {}
            for ticket, seq in (item for batch in batches for item in batch):
                newest[ticket] = max(seq, newest.get(ticket, 0))
            assert shown == newest

    asyncio.run(play())
