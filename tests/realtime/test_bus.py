"""Redis is a wake-up, not a memory: whatever happens to it, rooms heal and sockets stay."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from dataclasses import replace
from time import monotonic

import pytest
from redis.asyncio import Redis

from domain.audience import staff_room
from domain.message import Envelope
from domain.ticket.commands import Reply
from domain.ticket.state import Ticket
from realtime.bus import Bus, Kind, channel_of
from realtime.options import Counters, Options
from tests.realtime.conftest import Enter, StartNode
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import CALM, DEADLINE, QUICK, Client, until
from tests.stores import StoreProcess


@pytest.fixture
async def redis(valkey: StoreProcess) -> AsyncGenerator[Redis]:
    client = Redis.from_url(valkey.url, decode_responses=False)
    yield client
    await client.aclose()


def say(store: MemoryStore, ticket: Ticket) -> list[Envelope]:
    return store.commit(store.desk.ask(ticket, Reply, body="Well?"), store.desk.ada)


@pytest.mark.parametrize("trouble", ["flush", "restart", "cut", "stall"])
async def test_trouble_with_redis_under_load_loses_and_doubles_nothing(
    store: MemoryStore,
    start_node: StartNode,
    enter: Enter,
    valkey: StoreProcess,
    redis: Redis,
    trouble: str,
):
    nodes = [await start_node(QUICK, valkey.url) for _ in range(2)]
    tickets = [store.desk.open() for _ in range(5)]
    rooms = [staff_room(ticket.id) for ticket in tickets]
    members: list[Client] = []
    for node in nodes:
        members.append(await enter(node, store.desk.ada))
        await members[-1].join(*rooms)

    async def talk() -> None:
        for number in range(300):
            nodes[number % 2].publish(say(store, tickets[number % 5]))
            await asyncio.sleep(0.003)

    async def make_trouble() -> None:
        await until(lambda: store.desk.now_of(tickets[0]).seq > 15)
        if trouble == "flush":
            await redis.flushall()
        elif trouble == "restart":
            valkey.kill()
            await asyncio.to_thread(valkey.start)
        elif trouble == "cut":
            await redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        else:
            assert valkey.process is not None
            os.kill(valkey.process.pid, signal.SIGSTOP)
            await until(lambda: store.desk.now_of(tickets[0]).seq > 40)
            os.kill(valkey.process.pid, signal.SIGCONT)

    await asyncio.gather(talk(), make_trouble())

    whole = list(range(2, 62))
    await until(lambda: all(m.seqs(room)[-1:] == [61] for m in members for room in rooms), 12)
    assert [member.seqs(room) for member in members for room in rooms] == [whole] * 10
    assert not any(member.gone.is_set() for member in members)
    nodes[0].publish(say(store, tickets[0]))
    await until(lambda: all(member.seqs(rooms[0])[-1:] == [62] for member in members))


HASTY = replace(QUICK, silence=0.2, publish_within=0.2, confirm_within=0.2)
"""Notices a stall as soon as it may; the defaults take six seconds."""


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        pytest.param(HASTY, 1.0, id="short"),
        pytest.param(Options(), 30.0, id="long", marks=pytest.mark.long),
    ],
)
async def test_a_stall_is_noticed_and_talk_goes_on_through_it(
    store: MemoryStore,
    start_node: StartNode,
    enter: Enter,
    valkey: StoreProcess,
    options: Options,
    seconds: float,
):
    near, far = [await start_node(options, valkey.url) for _ in range(2)]
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    here, there = await enter(near, store.desk.ada), await enter(far, store.desk.ada)
    for member in (here, there):
        await member.join(room)
    assert valkey.process is not None

    os.kill(valkey.process.pid, signal.SIGSTOP)
    stalled = monotonic()
    while monotonic() - stalled < seconds:
        near.publish(say(store, ticket))
        await asyncio.sleep(0.01)
    head = store.desk.now_of(ticket).seq
    assert not near.realtime.bus.confirmed(room)
    assert not far.realtime.bus.confirmed(room)
    assert near.counters.publishes_lost > 0
    await until(lambda: here.seqs(room) == list(range(2, head + 1)))
    await until(lambda: there.seqs(room) == list(range(2, head + 1)), 10)

    os.kill(valkey.process.pid, signal.SIGCONT)
    await until(lambda: near.realtime.bus.confirmed(room) and far.realtime.bus.confirmed(room))
    before = far.counters.received
    near.publish(say(store, ticket))
    await until(lambda: there.seqs(room)[-1:] == [head + 1])
    await until(lambda: far.counters.received > before)
    assert [here.seqs(room), there.seqs(room)] == [list(range(2, head + 2))] * 2
    assert not here.gone.is_set()
    assert not there.gone.is_set()


async def test_without_redis_a_node_goes_on_and_the_others_are_healed_by_their_sweep(
    store: MemoryStore, start_node: StartNode, enter: Enter, valkey: StoreProcess
):
    near, far = [await start_node(QUICK, valkey.url) for _ in range(2)]
    ticket, fresh = store.desk.open(), store.desk.open()
    room = staff_room(ticket.id)
    here, there = await enter(near, store.desk.ada), await enter(far, store.desk.ada)
    for member in (here, there):
        await member.join(room)

    valkey.kill()
    await until(lambda: not near.realtime.bus.confirmed(room))
    answer = await here.command("ticket.reply", ticket_id=ticket.id, body="Still here.")
    assert answer["ok"]
    assert here.seqs(room) == [2]
    await until(lambda: there.seqs(room) == [2])

    (joined,) = await there.join(staff_room(fresh.id))
    assert joined["seq"] == 1
    near.publish(say(store, fresh))
    await until(lambda: there.seqs(staff_room(fresh.id)) == [2])


async def test_markers_that_moved_while_redis_was_away_are_told_when_it_is_back(
    store: MemoryStore, start_node: StartNode, enter: Enter, valkey: StoreProcess
):
    near, far = [await start_node(CALM, valkey.url) for _ in range(2)]
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    here, there = await enter(near, store.desk.ada), await enter(far, store.desk.bob)
    for member in (here, there):
        await member.join(room)

    valkey.kill()
    await here.ask("mark", {"ticket_id": ticket.id, "read": 1})
    await until(lambda: here.of("signal") and near.counters.publishes_lost)
    assert there.of("signal") == []
    await asyncio.to_thread(valkey.start)

    await until(lambda: there.of("signal"))
    assert there.of("signal")[0]["read"] == 1


async def test_a_join_waits_for_the_acknowledged_subscription_and_not_for_ever(
    store: MemoryStore, start_node: StartNode, enter: Enter, valkey: StoreProcess
):
    options = replace(QUICK, confirm_within=0.2)
    near, far = [await start_node(options, valkey.url) for _ in range(2)]
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    member = await enter(near, store.desk.ada)
    assert valkey.process is not None

    os.kill(valkey.process.pid, signal.SIGSTOP)
    (answer,) = await member.join(room)
    assert answer["seq"] == 1
    assert not near.realtime.bus.confirmed(room)
    say(store, ticket)  # Published by nobody: found by the sweep of unconfirmed rooms.
    await until(lambda: member.seqs(room) == [2])

    os.kill(valkey.process.pid, signal.SIGCONT)
    await until(lambda: near.realtime.bus.confirmed(room))
    far.publish(say(store, ticket))
    await until(lambda: member.seqs(room) == [2, 3])


async def test_joins_that_wait_for_a_stalled_redis_keep_nobody_from_joining(
    store: MemoryStore, start_node: StartNode, enter: Enter, valkey: StoreProcess
):
    options = replace(QUICK, joins_at_once=1, confirm_within=DEADLINE)
    node = await start_node(options, valkey.url)
    known = staff_room(store.desk.open().id)
    fresh = [staff_room(store.desk.open().id) for _ in range(5)]
    members = [await enter(node, store.desk.ada) for _ in range(6)]
    await members[-1].join(known)

    assert valkey.process is not None
    os.kill(valkey.process.pid, signal.SIGSTOP)
    waiting = [
        asyncio.create_task(member.join(room)) for member, room in zip(members, fresh, strict=False)
    ]
    await until(lambda: all(node.joining(room) for room in fresh))
    assert (await members[-1].join(known))[0]["seq"] == 1
    assert not any(joining.done() for joining in waiting)

    os.kill(valkey.process.pid, signal.SIGCONT)
    await asyncio.gather(*waiting)


async def test_nobody_waits_for_a_server_that_owes_an_acknowledgement_for_long(
    store: MemoryStore, start_node: StartNode, enter: Enter, valkey: StoreProcess
):
    node = await start_node(replace(QUICK, confirm_within=0.3), valkey.url)
    first, second = [staff_room(store.desk.open().id) for _ in range(2)]
    member = await enter(node, store.desk.ada)
    assert valkey.process is not None
    os.kill(valkey.process.pid, signal.SIGSTOP)
    await member.join(first)

    joining = asyncio.ensure_future(node.realtime.bus.subscribe(second))
    await asyncio.sleep(0)
    assert joining.done()
    assert joining.result() is False

    os.kill(valkey.process.pid, signal.SIGCONT)
    await until(lambda: node.realtime.bus.confirmed(second))


async def test_a_rooms_channel_is_given_up_when_nobody_came_back(
    store: MemoryStore, start_node: StartNode, enter: Enter, redis_url: str
):
    node = await start_node(replace(QUICK, linger=0.3))
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    member = await enter(node, store.desk.ada)
    await member.join(room)
    assert await _subscribed(node.redis, room)

    await member.ask("leave", {"rooms": [room]})
    assert await _subscribed(node.redis, room)  # It lingers.

    await until(lambda: list(node.realtime.rooms) == [])
    async with asyncio.timeout(5):
        while await _subscribed(node.redis, room):  # noqa: ASYNC110 - Redis is asked, not told
            await asyncio.sleep(0.01)


async def test_who_comes_back_within_the_linger_finds_the_subscription_there(
    store: MemoryStore, start_node: StartNode, enter: Enter, valkey: StoreProcess, redis: Redis
):
    node = await start_node(QUICK, valkey.url)
    far = await start_node(CALM, valkey.url)
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    member = await enter(node, store.desk.ada)
    await member.join(room)
    before = (await redis.info("commandstats"))["cmdstat_ssubscribe"]["calls"]

    await member.ask("leave", {"rooms": [room]})
    await until(lambda: node.realtime.rooms.get(room).empty_since is not None)
    node.realtime.rooms.close_idle()
    await member.join(room)

    stats = await redis.info("commandstats")
    assert stats["cmdstat_ssubscribe"]["calls"] == before
    assert "cmdstat_sunsubscribe" not in stats
    far.publish(say(store, ticket))
    await until(lambda: member.seqs(room) == [2])


async def test_what_is_said_between_the_answered_join_and_the_next_tick_is_heard(
    store: MemoryStore, start_node: StartNode, enter: Enter, redis_url: str
):
    near, far = await start_node(CALM), await start_node(CALM)
    for _ in range(50):  # An answer before the acknowledgement would miss some of them.
        ticket = store.desk.open()
        member = await enter(near, store.desk.ada)
        (answer,) = await member.join(staff_room(ticket.id))
        assert answer["seq"] == 1
        far.publish(say(store, ticket))
        await until(lambda m=member, t=ticket: m.seqs(staff_room(t.id)) == [2])


async def test_rooms_asked_for_while_the_bus_connects_wait_for_its_one_connection(redis: Redis):
    """Two tasks that connect one PubSub of redis-py hang."""
    speaker, listener = Listener(redis), Listener(redis)
    await speaker.bus.start()
    rooms = [f"room {number}" for number in range(200)]

    starting = asyncio.create_task(listener.bus.start())
    await asyncio.sleep(0)
    asked = [asyncio.create_task(listener.bus.subscribe(room)) for room in rooms]
    await starting
    assert await asyncio.gather(*asked) == [True] * len(rooms)

    for room in rooms:
        speaker.bus.publish(room, Kind.EVENT, b"x")
    await until(lambda: sorted(room for room, _, _ in listener.heard) == sorted(rooms))
    clients = await redis.client_list(_type="pubsub")
    assert len(clients) == 2
    await listener.bus.stop()
    await speaker.bus.stop()


async def _subscribed(redis: Redis, room: str) -> bool:
    return channel_of(room).encode() in await redis.pubsub_shardchannels()


class Listener:
    """A bus with what it received."""

    def __init__(self, redis: Redis, options: Options = CALM) -> None:
        self.heard: list[tuple[str, Kind, bytes]] = []
        self.counters = Counters()
        self.bus = Bus(redis, self._hear, options, self.counters)

    def _hear(self, room: str, kind: Kind, body: bytes) -> None:
        self.heard.append((room, kind, body))


async def test_subscribing_again_while_unsubscribing_ends_subscribed(redis: Redis):
    speaker, listener = Listener(redis), Listener(redis)
    await speaker.bus.start()
    await listener.bus.start()

    for turn in range(40):
        assert await listener.bus.subscribe("room")
        speaker.bus.publish("room", Kind.EVENT, f"{turn}".encode())
        await until(lambda turn=turn: len(listener.heard) == turn + 1)
        listener.bus.unsubscribe("room")
        if turn % 2:
            await asyncio.sleep(0)

    assert [body for _, _, body in listener.heard] == [f"{turn}".encode() for turn in range(40)]
    await listener.bus.stop()
    await speaker.bus.stop()


async def test_publishing_neither_waits_nor_grows_without_redis(valkey: StoreProcess, redis: Redis):
    valkey.kill()
    speaker = Listener(redis)

    for _ in range(50_000):
        speaker.bus.publish("room", Kind.EVENT, b"x")

    assert speaker.bus.waiting <= 20_000
    await until(lambda: speaker.counters.publishes_lost == 50_000)
    await speaker.bus.stop()


async def test_what_is_published_in_one_tick_goes_out_together(redis: Redis):
    speaker = Listener(redis)
    before = (await redis.info("stats"))["total_reads_processed"]

    for _ in range(400):
        speaker.bus.publish("room", Kind.EVENT, b"x")
    await until(lambda: speaker.counters.published == 400)

    after = (await redis.info("stats"))["total_reads_processed"]
    assert after - before < 20
    await speaker.bus.stop()


async def test_garbage_on_a_channel_harms_nobody(redis: Redis, caplog: pytest.LogCaptureFixture):
    listener = Listener(redis)
    await listener.bus.start()
    assert await listener.bus.subscribe("room")

    await redis.execute_command("SPUBLISH", channel_of("room"), b"")
    await redis.execute_command("SPUBLISH", channel_of("room"), b"-" * 16 + b"?{}")
    await redis.execute_command("SPUBLISH", channel_of("room"), b"-" * 16 + b"e{}")

    await until(lambda: listener.heard == [("room", Kind.EVENT, b"{}")])
    assert "not understood" in caplog.text
    await listener.bus.stop()
