"""What the bus loses or brings out of order, no member notices."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.audience import staff_room, ticket_room
from domain.message import Envelope
from domain.rates import Bucket
from domain.ticket.commands import Reply
from domain.ticket.state import Ticket
from realtime.connection import Connection
from realtime.durable import LogSource
from realtime.options import Options
from realtime.order import Parcel
from realtime.room import Room
from tests.realtime.conftest import Enter, StartNode
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import CALM, QUICK, Client, Node, until


def say(store: MemoryStore, ticket: Ticket, count: int = 1) -> list[Envelope]:
    """Messages that are committed and not published; those of the staff room."""
    said: list[Envelope] = []
    for number in range(count):
        command = store.desk.ask(ticket, Reply, body=f"message {number}")
        said += store.commit(command, store.desk.ada)
    return [envelope for envelope in said if envelope.room == staff_room(ticket.id)]


async def crowd(store: MemoryStore, node: Node, enter: Enter, room: str, size: int) -> list[Client]:
    members = await asyncio.gather(*(enter(node, store.desk.ada) for _ in range(size)))
    await asyncio.gather(*(member.join(room) for member in members))
    return list(members)


async def test_seq_8_before_7_costs_one_read_a_node_and_nobody_sees_disorder(
    store: MemoryStore, node: Node, other_node: Node, enter: Enter
):
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    members = await crowd(store, node, enter, room, 12)
    members += await crowd(store, other_node, enter, room, 12)
    *before, seventh, eighth = say(store, ticket, 7)
    node.publish(before)

    node.publish([eighth])  # The seventh is not published at all.

    await until(lambda: all(member.seqs(room)[-1:] == [8] for member in members))
    node.publish([seventh])
    node.publish(say(store, ticket))
    await until(lambda: all(member.seqs(room)[-1:] == [9] for member in members))
    assert [member.seqs(room) for member in members] == [list(range(2, 10))] * 24
    assert store.reads["read_gap"] == 2


async def test_an_early_envelope_is_held_for_the_one_before_it(
    store: MemoryStore, node: Node, other_node: Node, enter: Enter
):
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    members = await crowd(store, node, enter, room, 2)
    members += await crowd(store, other_node, enter, room, 2)

    for pair in range(10):
        earlier, later = say(store, ticket, 2)
        node.publish([later, earlier] if pair % 2 else [later, later, earlier, earlier])

    await until(lambda: all(member.seqs(room)[-1:] == [21] for member in members))
    assert [member.seqs(room) for member in members] == [list(range(2, 22))] * 4
    assert store.reads["read_gap"] == 0


@pytest.mark.parametrize("audience", ["public", "staff"])
async def test_a_lost_last_message_is_found_by_the_sweep(
    store: MemoryStore, start_node: StartNode, enter: Enter, audience: str
):
    node = await start_node(QUICK)
    ticket = store.desk.open()
    room = ticket_room(ticket.id) if audience == "public" else staff_room(ticket.id)
    actor = store.desk.carl if audience == "public" else store.desk.ada
    member = await enter(node, actor)
    await member.join(room)

    say(store, ticket)

    await until(lambda: member.seqs(room) == [2])


async def test_the_log_being_away_delays_a_gap_and_loses_nothing(
    store: MemoryStore, node: Node, enter: Enter
):
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    (member,) = await crowd(store, node, enter, room, 1)

    async def away() -> None:
        if store.reads["read_gap"] < 4:
            raise ConnectionError("the store is away")

    store.before["read_gap"] = away
    _lost, known = say(store, ticket, 2)
    node.publish([known])

    await until(lambda: member.seqs(room) == [2, 3])
    assert store.reads["read_gap"] == 4


async def test_another_epoch_sends_everybody_back_to_join(
    store: MemoryStore, node: Node, enter: Enter
):
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    (member,) = await crowd(store, node, enter, room, 1)

    store.epoch = "restored"
    node.publish(say(store, ticket))

    await until(lambda: member.of("left") == [{"room": room, "reason": "resync"}])
    (answer,) = await member.join({"room": room, "epoch": "before", "after": 1})
    assert answer["epoch"] == "restored"
    assert answer["snapshot"]["ticket"]["seq"] == 2


class Paper:
    """A fan-out that writes down what each socket got."""

    def __init__(self) -> None:
        self.lines: dict[str, list[tuple[str, bytes]]] = {}

    def emit(self, event: str, payload: bytes, sids: object, room: str = "") -> None:
        for sid in sids:  # type: ignore[attr-defined]
            self.lines.setdefault(sid, []).append((event, payload))


def member(store: MemoryStore, sid: str) -> Connection:
    session = store.sessions[store.log_in(store.desk.ada)]
    return Connection(sid, session, Bucket(1, 1), Bucket(1, 1))


async def a_room(store: MemoryStore, ticket: Ticket, paper: Paper, options: Options) -> Room:
    source = LogSource(store)
    room = Room(staff_room(ticket.id), source, paper, options)  # type: ignore[arg-type]
    await room.catch_up(await source.read(room, None, None))
    return room


async def test_a_gap_before_a_thousand_members_is_read_once(store: MemoryStore):
    ticket, paper = store.desk.open(), Paper()
    room = await a_room(store, ticket, paper, CALM)
    for number in range(1_000):
        room.enter(member(store, str(number)))

    *_, last = say(store, ticket, 6)
    room.receive(Parcel.of(last))
    await until(lambda: room.head == 7)

    assert store.reads["read_gap"] == 1
    heard = {tuple(_seqs(lines)) for lines in paper.lines.values()}
    assert heard == {(2, 3, 4, 5, 6, 7)}
    assert len(paper.lines) == 1_000


STEP = st.tuples(st.integers(0, 13), st.booleans(), st.booleans())
"""Which envelope arrives, whether somebody joins before it, whether time passes after it."""


@settings(max_examples=60, deadline=None)
@given(st.lists(STEP, max_size=40), st.integers(1, 14))
def test_whatever_arrives_members_get_the_log_in_order(
    steps: list[tuple[int, bool, bool]], count: int
):
    async def play() -> None:
        store, paper = MemoryStore(), Paper()
        ticket = store.desk.open()
        room = await a_room(store, ticket, paper, replace(CALM, hold=0.001))
        log = say(store, ticket, count)
        entered: dict[str, int] = {}
        for at, (number, joins, pauses) in enumerate(steps):
            if joins:
                view = await room.source.read(room, None, None)
                await room.catch_up(view)
                assert room.top_up(view) is not None
                entered[str(at)] = room.head
                room.enter(member(store, str(at)))
            room.receive(Parcel.of(log[number % count]))
            if pauses:
                await asyncio.sleep(0)
        room.hear_of(log[-1].seq, 0.0)
        await until(lambda: room.head == log[-1].seq)

        for sid, head in entered.items():
            assert _seqs(paper.lines.get(sid, [])) == list(range(head + 1, log[-1].seq + 1))

    asyncio.run(play())


def _seqs(lines: list[tuple[str, bytes]]) -> list[int]:
    return [Envelope.model_validate_json(json).seq for event, json in lines if event == "event"]
