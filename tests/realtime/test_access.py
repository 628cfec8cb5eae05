"""Who loses access is out at once; what was taken away is shown to nobody any more."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest
import socketio

from domain.audience import staff_room, team_room, ticket_room
from domain.message import Command, Envelope
from domain.ticket.commands import AssignTicket, DeleteTicket, RedactMessage, Reply
from domain.ticket.state import Ticket
from tests.domain.desk import uid
from tests.realtime.conftest import Enter, StartNode
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import CALM, QUICK, Client, Node, disconnect, until

SECRET = "planted-77d1"


def say(store: MemoryStore, ticket: Ticket, body: str = "Well?") -> list[Envelope]:
    return store.commit(store.desk.ask(ticket, Reply, body=body), store.desk.ada)


def transfer(store: MemoryStore, ticket: Ticket) -> Command:
    return store.desk.ask(ticket, AssignTicket, agent_id=None, team_id=uid("second"))


async def test_who_loses_access_by_an_event_gets_left_in_its_place(
    store: MemoryStore, node: Node, other_node: Node, enter: Enter
):
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    bob = await enter(node, store.desk.bob, who="bob")  # In the first team only.
    ada = await enter(node, store.desk.ada)  # In both.
    for agent in (bob, ada):
        await agent.join(room)

    other_node.publish(say(store, ticket))
    other_node.publish(store.commit(transfer(store, ticket), store.desk.sue))
    other_node.publish(say(store, ticket, SECRET))

    await until(lambda: ada.seqs(room) == [2, 3, 4])
    await bob.settled()
    assert [event for event, _ in bob.got] == ["event", "left"]
    assert bob.of("left") == [{"room": room, "reason": "forbidden"}]
    assert SECRET.encode() not in node.sent["bob"]
    (again,) = await bob.join({"room": room, "epoch": store.epoch, "after": 2})
    assert again["error"]["code"] == "forbidden"


async def test_a_deleted_ticket_ends_its_rooms(store: MemoryStore, node: Node, enter: Enter):
    ticket = store.desk.open()
    client, agent = await enter(node, store.desk.carl), await enter(node, store.desk.ada)
    await client.join(ticket_room(ticket.id))
    await agent.join(staff_room(ticket.id))

    command = store.desk.ask(ticket, DeleteTicket)
    node.publish(store.commit(command, store.desk.sue))

    await until(lambda: client.of("left") and agent.of("left"))
    assert client.of("left") == [{"room": ticket_room(ticket.id), "reason": "gone"}]
    (again,) = await client.join({"room": ticket_room(ticket.id), "epoch": store.epoch, "after": 1})
    assert again["error"]["code"] == "not_found"


@pytest.mark.parametrize("read", ["read_gap", "read_room", "snapshot"])
async def test_a_redaction_during_a_read_voids_it(
    store: MemoryStore, node: Node, other_node: Node, enter: Enter, read: str
):
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    member = await enter(node, store.desk.ada, who="member")
    await member.join(room)
    lost, known = say(store, ticket, SECRET), say(store, ticket)
    message_id = lost[0].events[0]["message_id"]

    async def redact() -> None:
        """The text was read already when it is taken away."""
        if store.reads[read] == 1:
            command = store.desk.ask(ticket, RedactMessage, message_id=message_id)
            other_node.publish(store.commit(command, store.desk.ada))
            received = node.counters.received
            await until(lambda: node.counters.received > received)

    store.reads.clear()
    store.after[read] = redact
    if read == "read_gap":
        node.publish(known)
    else:
        late = await enter(node, store.desk.bob, who="member")
        node.realtime.rooms.open(room).checked_at = 0.0  # Too long ago to answer from memory.
        cursor = {"epoch": store.epoch, "after": 1} if read == "read_room" else {}
        (answer,) = await late.join({"room": room, **cursor})
        assert answer["seq"] == 4
    await until(lambda: member.seqs(room) == [2, 3, 4])

    assert store.reads[read] == 2
    assert SECRET.encode() not in node.sent["member"]


async def test_a_redaction_that_comes_too_early_voids_a_read_too(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node(replace(CALM, hold=3600.0))
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    member = await enter(node, store.desk.ada)
    await member.join(room)
    said = say(store, ticket, SECRET)
    node.publish(said)

    async def redact() -> None:
        if store.reads["snapshot"] == 2:
            say(store, ticket)  # Lost, so that the redaction is held.
            message_id = said[0].events[0]["message_id"]
            command = store.desk.ask(ticket, RedactMessage, message_id=message_id)
            node.publish(store.commit(command, store.desk.ada))

    store.after["snapshot"] = redact
    late = await enter(node, store.desk.bob, who="late")
    (answer,) = await late.join(room)

    assert answer["seq"] == 4
    assert SECRET.encode() not in node.sent["late"]


async def test_a_redaction_that_the_bus_lost_empties_the_memory_when_it_is_read(
    store: MemoryStore, node: Node, enter: Enter
):
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    member = await enter(node, store.desk.ada)
    await member.join(room)
    said = say(store, ticket, SECRET)
    node.publish(said)
    message_id = said[0].events[0]["message_id"]
    store.commit(store.desk.ask(ticket, RedactMessage, message_id=message_id), store.desk.ada)
    node.publish(say(store, ticket))
    await until(lambda: member.seqs(room) == [2, 3, 4])

    late = await enter(node, store.desk.bob, who="late")
    (answer,) = await late.join({"room": room, "epoch": store.epoch, "after": 1})

    assert [envelope["seq"] for envelope in answer["envelopes"]] == [2, 3, 4]
    assert SECRET.encode() not in node.sent["late"]


async def test_a_redaction_empties_the_memory_of_every_node(
    store: MemoryStore, node: Node, other_node: Node, enter: Enter
):
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    members = [await enter(each, store.desk.ada) for each in (node, other_node)]
    for member in members:
        await member.join(room)
    said = say(store, ticket, SECRET)
    node.publish(said)
    await until(lambda: all(member.seqs(room) == [2] for member in members))

    message_id = said[0].events[0]["message_id"]
    command = store.desk.ask(ticket, RedactMessage, message_id=message_id)
    node.publish(store.commit(command, store.desk.ada))
    await until(lambda: all(member.seqs(room) == [2, 3] for member in members))

    for each in (node, other_node):
        late = await enter(each, store.desk.bob, who="late")
        (answer,) = await late.join({"room": room, "epoch": store.epoch, "after": 1})
        assert [envelope["seq"] for envelope in answer["envelopes"]] == [2, 3]
        assert SECRET.encode() not in each.sent["late"]


def log_out(store: MemoryStore, token: str) -> None:
    del store.sessions[token]


async def test_a_kick_ends_a_session_on_every_node_at_once(
    store: MemoryStore, node: Node, other_node: Node, enter: Enter
):
    token = store.log_in(store.desk.ada)
    first = await enter(node, store.desk.ada, token=token)
    second = await enter(other_node, store.desk.ada, token=token)
    bystander = await enter(node, store.desk.bob)
    session = store.sessions.pop(token)

    await node.realtime.kick([session.id])

    await until(lambda: first.gone.is_set() and second.gone.is_set())
    assert first.of("closing") == second.of("closing") == [{"reason": "ended"}]
    await bystander.settled()
    assert not bystander.gone.is_set()


async def test_what_waits_its_turn_is_not_done_for_a_session_that_ended(
    store: MemoryStore, node: Node, enter: Enter
):
    ticket = store.desk.open()
    token = store.log_in(store.desk.ada)
    agent = await enter(node, store.desk.ada, token=token)
    gate, began = asyncio.Event(), asyncio.Event()

    async def stall(_: Command) -> None:
        began.set()
        await gate.wait()

    node.dispatch.before = stall
    reply = {"type": "ticket.reply", "ticket_id": ticket.id, "body": "Well?"}
    for command_id in (str(uuid4()), str(uuid4())):
        await agent.sio.emit("command", {**reply, "command_id": command_id})
    connection = next(iter(node.realtime.connections))
    await until(lambda: began.is_set() and connection.lanes.waiting == 2)
    await node.realtime.kick([store.sessions.pop(token).id])
    gate.set()

    await until(lambda: connection.lanes.waiting == 0)
    assert store.desk.now_of(ticket).seq == 2  # The one that was under way, and no other.


async def test_a_lost_kick_is_made_good_by_the_sweep(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node(QUICK)
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    token = store.log_in(store.desk.ada)
    agent = await enter(node, store.desk.ada, token=token, who="revoked")
    await agent.join(room)

    log_out(store, token)  # Nobody tells the node.

    await agent.gone.wait()
    node.publish(say(store, ticket, SECRET))
    assert agent.of("closing") == [{"reason": "ended"}]
    assert SECRET.encode() not in node.sent["revoked"]
    refused = Client(node, token)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await refused.connect()
    assert refused.refused["data"]["code"] == "unauthenticated"
    await disconnect([refused])


async def test_sweeps_come_soon_enough_for_the_promise():
    """No event later than five seconds: the default sweep with its tick is below that."""
    defaults = type(CALM)()
    assert defaults.recheck_every + 1.0 <= 5.0


async def test_who_may_more_is_told_and_finds_the_new_room_open(
    store: MemoryStore, node: Node, enter: Enter
):
    team, token = team_room(uid("second")), store.log_in(store.desk.bob)
    agent = await enter(node, store.desk.bob, token=token)
    other = await enter(node, store.desk.ada)
    assert "error" in (await agent.join(team))[0]

    joined = store.desk.bob.model_copy(update={"team_ids": frozenset({uid("second")})})
    store.change(token, joined)
    await node.realtime.kick([store.desk.bob.id])

    await until(lambda: agent.of("access"))
    assert agent.of("access") == [{"version": store.sessions[token].access_version}]
    assert other.of("access") == []
    assert "error" not in (await agent.join(team))[0]


async def test_a_changed_role_takes_rooms_away_and_keeps_the_socket(
    store: MemoryStore, node: Node, enter: Enter
):
    ticket = store.desk.open()
    room, team = staff_room(ticket.id), team_room(uid("first"))
    token = store.log_in(store.desk.ada)
    agent = await enter(node, store.desk.ada, token=token)
    await agent.join(room, team)

    moved = store.desk.ada.model_copy(update={"team_ids": frozenset({uid("second")})})
    store.change(token, moved)
    await node.realtime.kick([moved.id])

    await until(lambda: len(agent.of("left")) == 2)
    assert {left["room"] for left in agent.of("left")} == {room, team}
    await agent.settled()
    assert not agent.gone.is_set()


async def test_an_expired_token_closes_its_socket(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node(QUICK)
    soon = QUICK.now() + 300
    agent = await enter(node, store.desk.ada, token=store.log_in(store.desk.ada, soon))

    await agent.gone.wait()

    assert agent.of("closing") == [{"reason": "expired"}]


async def test_a_renewed_token_keeps_it_open(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node(QUICK)
    soon = QUICK.now() + 700
    short, long = (store.log_in(store.desk.ada, end) for end in (soon, 2**50))
    agent = await enter(node, store.desk.ada, token=short)
    doomed = await enter(node, store.desk.ada, token=short)

    assert (await agent.ask("renew", {"token": long}))["expires_at"] == 2**50
    refused = await agent.ask("renew", {"token": "forged"})

    await doomed.gone.wait()  # Their tokens would have ended at the same moment.
    await agent.settled()
    assert refused["error"]["code"] == "unauthenticated"
    assert not agent.gone.is_set()


async def test_an_answer_about_the_session_before_ends_no_renewed_one(
    store: MemoryStore, node: Node, enter: Enter
):
    old, new = store.log_in(store.desk.ada), store.log_in(store.desk.ada)
    agent = await enter(node, store.desk.ada, token=old)
    gate = asyncio.Event()
    store.before["recheck"] = gate.wait  # type: ignore[assignment]

    kicking = asyncio.create_task(node.realtime.kick([store.sessions.pop(old).id]))
    await until(lambda: store.reads["recheck"])
    assert (await agent.ask("renew", {"token": new}))["ok"]
    gate.set()
    await kicking

    await agent.settled()
    assert not agent.gone.is_set()


async def test_a_session_store_that_is_away_ends_nobodys_session(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node(QUICK)

    async def away() -> None:
        raise ConnectionError("the store is away")

    agent = await enter(node, store.desk.ada)
    store.before["recheck"] = away
    await until(lambda: store.reads["recheck"] >= 2)

    await agent.settled()
    assert not agent.gone.is_set()
