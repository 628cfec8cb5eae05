"""A ticket's room: what is said on one node is heard on the other, by those it is meant for."""

from __future__ import annotations

import pytest

from domain.audience import staff_room, ticket_room
from domain.ticket.commands import Reply
from tests.realtime.conftest import Enter
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import TRANSPORTS, Node, until


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_two_people_on_two_nodes_talk(
    store: MemoryStore, node: Node, other_node: Node, enter: Enter, transport: str
):
    ticket = store.desk.open()
    client = await enter(node, store.desk.carl, transport)
    agent = await enter(other_node, store.desk.ada, transport)
    (public,) = await client.join(ticket_room(ticket.id))
    (staff,) = await agent.join(staff_room(ticket.id))
    assert public["snapshot"]["ticket"]["title"] == "It is broken"
    assert (public["seq"], staff["seq"]) == (1, 1)

    asked = await client.command("ticket.reply", ticket_id=ticket.id, body="Hello?")
    await until(lambda: agent.seqs(staff_room(ticket.id)) == [2])
    answered = await agent.command("ticket.reply", ticket_id=ticket.id, body="Here I am.")

    await until(lambda: client.seqs(ticket_room(ticket.id)) == [2, 3])
    assert asked["ok"]
    assert asked["seq"] == 2
    assert answered["result"]["message_id"]
    said = [e["events"][0]["body"] for e in client.events(ticket_room(ticket.id))]
    assert said == ["Hello?", "Here I am."]


async def test_nothing_is_lost_or_doubled_while_polling_becomes_a_websocket(
    store: MemoryStore, node: Node, other_node: Node, enter: Enter
):
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    agent = await enter(node, store.desk.ada, "polling")
    await agent.join(room)
    upgraded = await enter(node, store.desk.bob, "polling", "websocket")
    (joined,) = await upgraded.join(room)

    for _ in range(30):
        command = store.desk.ask(ticket, Reply, body="Well?")
        other_node.publish(store.commit(command, store.desk.ada))
        await upgraded.settled()
    await until(lambda: agent.seqs(room)[-1:] == [31] and upgraded.seqs(room)[-1:] == [31])

    assert upgraded.sio.transport() == "websocket"
    assert joined["seq"] == 1
    assert agent.seqs(room) == upgraded.seqs(room) == list(range(2, 32))


async def test_a_private_note_reaches_no_client_by_any_byte(
    store: MemoryStore, node: Node, other_node: Node, enter: Enter
):
    ticket = store.desk.open()
    public, staff = ticket_room(ticket.id), staff_room(ticket.id)
    client = await enter(node, store.desk.carl, who="client")
    agent = await enter(other_node, store.desk.ada, who="agent")
    await client.join(public)
    await agent.join(staff)

    secret = "planted-a2c4e"
    note = {"ticket_id": ticket.id, "body": secret, "visibility": "private"}
    assert (await agent.command("ticket.reply", **note))["ok"]
    await agent.ask("signal", {"room": staff, "type": "typing", "visibility": "private"})
    assert (await agent.command("ticket.reply", ticket_id=ticket.id, body="In public."))["ok"]
    await until(lambda: client.seqs(public) == [3])
    again = await enter(node, store.desk.carl, who="client")
    await again.join({"room": public, "epoch": store.epoch, "after": 0})
    await again.join(public)

    assert client.events(public)[0]["prev"] == 1
    assert client.of("signal") == []
    assert secret.encode() in other_node.sent["agent"]
    assert b"In public." in node.sent["client"]
    assert secret.encode() not in node.sent["client"]


async def test_a_commit_is_delivered_once_to_who_sent_it(
    store: MemoryStore, node: Node, enter: Enter
):
    ticket = store.desk.open()
    client = await enter(node, store.desk.carl)
    await client.join(ticket_room(ticket.id))

    for number in range(20):
        await client.command("ticket.reply", ticket_id=ticket.id, body=f"{number}")
    # The bus has brought the own messages back by the time that another room's arrive.
    await until(lambda: node.counters.received >= 20)
    await client.settled()

    assert client.seqs(ticket_room(ticket.id)) == list(range(2, 22))


async def test_a_node_without_members_hears_nothing_of_a_room(
    store: MemoryStore, node: Node, other_node: Node, enter: Enter
):
    ticket, talked_of = store.desk.open(), store.desk.open()
    agent = await enter(other_node, store.desk.ada)
    await agent.join(staff_room(ticket.id))
    await until(lambda: other_node.counters.received == 1)  # Its own question who is there.

    command = store.desk.ask(talked_of, Reply, body="not for you")
    node.publish(store.commit(command, store.desk.ada))
    command = store.desk.ask(ticket, Reply, body="for you")
    node.publish(store.commit(command, store.desk.ada))

    await until(lambda: agent.seqs(staff_room(ticket.id)) == [2])
    assert other_node.counters.received == 2
