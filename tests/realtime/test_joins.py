"""Joining: nothing falls between what is read and what is delivered after it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from domain.audience import agent_room, staff_room, ticket_room
from domain.message import Envelope
from domain.ticket.commands import AssignTicket, Reply
from domain.ticket.state import Ticket
from tests.domain.desk import uid
from tests.realtime.conftest import Enter, StartNode
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import CALM, QUICK, Node, until


def say(store: MemoryStore, ticket: Ticket, body: str = "Well?") -> list[Envelope]:
    return store.commit(store.desk.ask(ticket, Reply, body=body), store.desk.ada)


async def test_a_good_a_forbidden_and_a_missing_room_are_answered_each_for_itself(
    store: MemoryStore, node: Node, enter: Enter
):
    own, others = store.desk.open(), store.desk.open(store.desk.dora)
    client = await enter(node, store.desk.carl)
    missing = str(uuid4())

    good, forbidden, staffs, gone, nonsense, wallboard = await client.join(
        ticket_room(own.id),
        ticket_room(others.id),
        staff_room(own.id),
        ticket_room(missing),
        "room of requirement",
        "wallboard",
    )

    assert good["seq"] == 1
    codes = [answer["error"]["code"] for answer in (forbidden, staffs, gone, nonsense, wallboard)]
    assert codes == ["not_found"] * 5  # A client is not even told that they exist.
    node.publish(say(store, others))
    node.publish(say(store, own))
    await until(lambda: client.events(ticket_room(own.id)))
    assert client.events(ticket_room(others.id)) == []
    agent = await enter(node, store.desk.cy)
    (foreign,) = await agent.join(staff_room(own.id))
    assert foreign["error"]["code"] == "forbidden"


async def test_a_join_while_the_room_holds_an_early_envelope(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node(replace(CALM, hold=3600.0))
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    first = await enter(node, store.desk.ada)
    await first.join(room)
    lost, early = [envelope for _ in "12" for envelope in say(store, ticket)][1::2]
    node.publish([early])

    second = await enter(node, store.desk.bob)
    (answer,) = await second.join(room)
    node.publish([lost])
    node.publish(say(store, ticket))
    await until(lambda: first.seqs(room)[-1:] == [4] and second.seqs(room)[-1:] == [4])

    assert (lost.seq, early.seq, answer["seq"]) == (2, 3, 3)
    assert first.seqs(room) == [2, 3, 4]
    assert second.seqs(room) == [4]


async def test_what_is_said_while_a_join_reads_comes_with_its_answer_or_after_it(
    store: MemoryStore, node: Node, other_node: Node, enter: Enter
):
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    member = await enter(node, store.desk.ada)
    await member.join(room)

    async def talk() -> None:
        if store.desk.now_of(ticket).seq < 5:
            other_node.publish(say(store, ticket))
            await until(lambda: member.seqs(room)[-1:] == [store.desk.now_of(ticket).seq])

    store.after["snapshot"] = talk
    late = await enter(node, store.desk.bob)
    (answer,) = await late.join(room)
    node.publish(say(store, ticket))
    await until(lambda: late.seqs(room))

    assert answer["snapshot"]["ticket"]["seq"] == 1
    assert [envelope["seq"] for envelope in answer["envelopes"]] == [2]
    assert answer["seq"] == 1  # What the snapshot shows.
    assert late.seqs(room) == [3]


async def test_the_answer_comes_before_the_first_event(
    store: MemoryStore, node: Node, other_node: Node, enter: Enter
):
    """Fifty rooms are read at different speeds; all are entered in the step of the answer."""
    tickets = [store.desk.open() for _ in range(8)]
    rooms = [staff_room(ticket.id) for ticket in tickets]
    agent = await enter(node, store.desk.ada)
    slow = asyncio.Event()

    async def one_is_slow() -> None:
        if store.reads["snapshot"] == 8:
            await slow.wait()

    store.before["snapshot"] = one_is_slow
    joining = asyncio.create_task(agent.join(*rooms))
    await until(lambda: store.reads["snapshot"] == 8)
    for ticket in tickets:
        other_node.publish(say(store, ticket))
    await until(lambda: node.counters.received >= 8)
    assert agent.got == []
    slow.set()
    answers = await joining

    reached = [
        ([answer["seq"]] + [e["seq"] for e in answer["envelopes"]])[-1] for answer in answers
    ]
    assert reached == [2] * 8
    assert agent.got == []
    for ticket in tickets:
        other_node.publish(say(store, ticket))
    await until(lambda: len(agent.got) == 8)
    assert {envelope["seq"] for _, envelope in agent.got} == {3}


async def test_a_transfer_between_the_read_and_the_access_check_of_a_join(
    store: MemoryStore, node: Node, enter: Enter
):
    ticket = store.desk.open()
    room = staff_room(ticket.id)

    async def transfer() -> None:
        if store.reads["snapshot"] == 1:
            command = store.desk.ask(ticket, AssignTicket, agent_id=None, team_id=uid("second"))
            node.publish(store.commit(command, store.desk.sue))

    store.after["snapshot"] = transfer
    bob = await enter(node, store.desk.bob)  # In the first team only.
    (refused,) = await bob.join(room)
    cy = await enter(node, store.desk.cy)  # In the second team only.
    (entered,) = await cy.join(room)
    node.publish(say(store, ticket))
    await until(lambda: cy.seqs(room) == [3])

    assert refused["error"]["code"] == "forbidden"
    assert "snapshot" not in refused
    assert entered["seq"] == 2
    await bob.settled()
    assert bob.got == []


async def test_a_transfer_that_the_bus_lost_puts_out_who_joined_before_it_was_known(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node(QUICK)
    ticket = store.desk.open()
    room = staff_room(ticket.id)

    async def transfer() -> None:
        if store.reads["snapshot"] == 1:
            command = store.desk.ask(ticket, AssignTicket, agent_id=None, team_id=uid("second"))
            store.commit(command, store.desk.sue)

    store.after["snapshot"] = transfer
    bob = await enter(node, store.desk.bob)
    await bob.join(room)

    await until(lambda: bob.of("left") == [{"room": room, "reason": "forbidden"}])
    assert bob.events(room) == []


async def test_many_who_join_at_once_share_one_read(store: MemoryStore, node: Node, enter: Enter):
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    agents = await asyncio.gather(*(enter(node, store.desk.ada) for _ in range(12)))
    gate = asyncio.Event()
    store.before["snapshot"] = gate.wait  # type: ignore[assignment]

    joining = [asyncio.create_task(agent.join(room)) for agent in agents]
    await until(lambda: store.reads["snapshot"] and node.joining(room) == 12)
    gate.set()
    answers = await asyncio.gather(*joining)

    assert store.reads["snapshot"] == 1
    assert {answer["seq"] for (answer,) in answers} == {1}


async def test_a_reconnect_is_answered_from_memory_with_what_was_missed(
    store: MemoryStore, node: Node, enter: Enter
):
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    stays, drops = await enter(node, store.desk.ada), await enter(node, store.desk.bob)
    await stays.join(room)
    (before,) = await drops.join(room)
    await drops.sio.disconnect()
    for _ in range(5):
        node.publish(say(store, ticket))
    store.reads.clear()

    back = await enter(node, store.desk.bob)
    (answer,) = await back.join({"room": room, "epoch": before["epoch"], "after": before["seq"]})

    assert answer["snapshot"] is None
    assert [envelope["seq"] for envelope in answer["envelopes"]] == [2, 3, 4, 5, 6]
    assert answer["seq"] == 6
    assert store.reads["read_room"] + store.reads["snapshot"] == 0


async def test_a_reconnect_to_a_node_that_knows_nothing_replays_from_the_log(
    store: MemoryStore, node: Node, enter: Enter
):
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    for _ in range(4):
        say(store, ticket)
    agent = await enter(node, store.desk.ada)

    (answer,) = await agent.join({"room": room, "epoch": store.epoch, "after": 2})

    assert answer["snapshot"] is None
    assert [envelope["seq"] for envelope in answer["envelopes"]] == [3, 4, 5]


@pytest.mark.parametrize("cursor", [{"after": 99}, {"epoch": "another", "after": 1}])
async def test_a_cursor_that_cannot_be_continued_gets_a_snapshot(
    store: MemoryStore, node: Node, enter: Enter, cursor: dict[str, object]
):
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    agent = await enter(node, store.desk.ada)

    (answer,) = await agent.join({"room": room, "epoch": store.epoch, **cursor})

    assert answer["snapshot"]["ticket"]["id"] == ticket.id
    assert (answer["epoch"], answer["seq"]) == (store.epoch, 1)


async def test_more_than_a_megabyte_comes_in_parts_and_then_live(
    store: MemoryStore, node: Node, enter: Enter
):
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    for _ in range(60):
        say(store, ticket, "x" * 40_000)
    agent = await enter(node, store.desk.ada)
    seen, parts, after = [], 0, 1

    while True:
        (answer,) = await agent.join({"room": room, "epoch": store.epoch, "after": after})
        seen += [envelope["seq"] for envelope in answer["envelopes"]]
        after, parts = answer["seq"], parts + 1
        if not answer["more"]:
            break
    node.publish(say(store, ticket))
    await until(lambda: agent.seqs(room))

    assert parts == 3
    assert seen + agent.seqs(room) == list(range(2, 63))


async def test_rooms_that_fit_together_no_longer_are_asked_for_again(
    store: MemoryStore, node: Node, enter: Enter
):
    tickets = [store.desk.open() for _ in range(3)]
    rooms = [staff_room(ticket.id) for ticket in tickets]
    for ticket in tickets:
        for _ in range(14):
            say(store, ticket, "x" * 40_000)
    agent = await enter(node, store.desk.ada)

    answers = await agent.join(*rooms)
    postponed = [answer["room"] for answer in answers if answer["more"]]
    again = await agent.join(*postponed)

    assert [answer["more"] for answer in answers] == [False, True, True]
    assert [(answer["seq"], answer["snapshot"]) for answer in answers[1:]] == [(0, None)] * 2
    assert again[0]["snapshot"]["ticket"]["id"] == tickets[1].id


async def test_too_many_joins_at_once_are_told_when_to_come_back(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node(replace(CALM, joins_at_once=1, joins_waiting=1))
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    first, second, third = [await enter(node, store.desk.ada) for _ in range(3)]
    gate = asyncio.Event()
    store.before["snapshot"] = gate.wait  # type: ignore[assignment]

    joining = asyncio.create_task(first.join(room))
    await until(lambda: store.reads["snapshot"])
    waiting = asyncio.create_task(second.join(room))
    await second.settled()
    answer = await third.ask("join", {"rooms": [{"room": room}]})
    gate.set()

    assert answer["error"]["code"] == "retryable"
    assert 0 < answer["error"]["fields"]["retry_after"] < 2
    assert (await joining)[0]["seq"] == 1
    assert (await waiting)[0]["seq"] == 1
    assert (await third.join(room))[0]["seq"] == 1


async def test_a_store_that_is_away_is_said_to_be_so(store: MemoryStore, node: Node, enter: Enter):
    ticket = store.desk.open()
    agent = await enter(node, store.desk.ada)

    async def away() -> None:
        raise ConnectionError("the store is away")

    store.before["snapshot"] = away
    (answer,) = await agent.join(staff_room(ticket.id))
    del store.before["snapshot"]

    assert answer["error"]["code"] == "retryable"
    assert (await agent.join(staff_room(ticket.id)))[0]["seq"] == 1


async def test_a_refused_join_leaves_nothing_behind(store: MemoryStore, node: Node, enter: Enter):
    ticket = store.desk.open()
    agent = await enter(node, store.desk.cy)

    await agent.join(staff_room(ticket.id), ticket_room(str(uuid4())))

    assert list(node.realtime.rooms) == []


async def test_who_left_hears_no_more(store: MemoryStore, node: Node, enter: Enter):
    ticket, other = store.desk.open(), store.desk.open()
    agent = await enter(node, store.desk.ada)
    await agent.join(staff_room(ticket.id), staff_room(other.id))

    assert (await agent.ask("leave", {"rooms": [staff_room(ticket.id)]}))["ok"]
    node.publish(say(store, ticket))
    node.publish(say(store, other))

    await until(lambda: agent.seqs(staff_room(other.id)) == [2])
    assert agent.events(staff_room(ticket.id)) == []


async def test_an_agents_own_room_shows_their_load(store: MemoryStore, node: Node, enter: Enter):
    ticket = store.desk.open()
    agent = await enter(node, store.desk.ada)
    (answer,) = await agent.join(agent_room(store.desk.ada.id))
    stranger = await enter(node, store.desk.bob)
    (refused,) = await stranger.join(agent_room(store.desk.ada.id))

    command = store.desk.ask(ticket, AssignTicket, agent_id=store.desk.ada.id)
    store.commit(command, store.desk.ada)
    node.publish(store.envelopes(agent_room(store.desk.ada.id)))

    await until(lambda: len(agent.seqs(agent_room(store.desk.ada.id))) == 2)
    assert answer["snapshot"]["agent"]["held"] == {}
    assert refused["error"]["code"] == "forbidden"
