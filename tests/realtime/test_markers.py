"""Delivered and read: markers only move up, end at the head, and say nothing of notes."""

from __future__ import annotations

from typing import Any

from domain.audience import staff_room, ticket_room
from domain.message import Envelope
from domain.ports import Marker
from domain.ticket.commands import Reply
from domain.ticket.state import Ticket
from tests.realtime.conftest import Enter, StartNode
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import QUICK, Node, until


def say(store: MemoryStore, ticket: Ticket, visibility: str = "public") -> list[Envelope]:
    command = store.desk.ask(ticket, Reply, body="Well?", visibility=visibility)
    return store.commit(command, store.desk.ada)


def shown(marker: dict[str, Any]) -> tuple[str, int, int]:
    return marker["kind"], marker["delivered"], marker["read"]


async def test_a_read_marker_of_a_billion_ends_at_the_head_and_is_seen_by_all(
    store: MemoryStore, node: Node, other_node: Node, enter: Enter
):
    ticket = store.desk.open()
    say(store, ticket)
    client, ada = await enter(node, store.desk.carl), await enter(other_node, store.desk.ada)
    await client.join(ticket_room(ticket.id))
    await ada.join(staff_room(ticket.id))

    answer = await client.ask("mark", {"ticket_id": ticket.id, "read": 10**9})

    await until(lambda: ada.of("signal") and client.of("signal"))
    assert answer == {"ok": True, "delivered": 2, "read": 2}
    (marker,) = ada.of("signal")
    assert marker == {
        "room": staff_room(ticket.id),
        "type": "marker",
        "person": store.desk.carl.id,
        "kind": "client",
        "delivered": 2,
        "read": 2,
    }
    assert store.markers[ticket.id, store.desk.carl.id].read == 2


async def test_a_marker_never_moves_back(store: MemoryStore, node: Node, enter: Enter):
    ticket = store.desk.open()
    say(store, ticket)
    say(store, ticket)
    client = await enter(node, store.desk.carl)
    await client.join(ticket_room(ticket.id))

    await client.ask("mark", {"ticket_id": ticket.id, "delivered": 3, "read": 2})
    await until(lambda: client.of("signal"))
    back = await client.ask("mark", {"ticket_id": ticket.id, "delivered": 1, "read": 1})
    await client.ask("mark", {"ticket_id": ticket.id, "read": 3})
    await until(lambda: len(client.of("signal")) == 2)

    assert (back["delivered"], back["read"]) == (3, 2)
    assert [shown(marker) for marker in client.of("signal")] == [("client", 3, 2), ("client", 3, 3)]


async def test_what_an_agent_read_is_shown_to_the_client_without_a_word_of_notes(
    store: MemoryStore, node: Node, other_node: Node, enter: Enter
):
    ticket = store.desk.open()
    public, staff = ticket_room(ticket.id), staff_room(ticket.id)
    client, ada = await enter(node, store.desk.carl), await enter(other_node, store.desk.ada)
    bob = await enter(node, store.desk.bob)
    await client.join(public)
    for agent in (ada, bob):
        await agent.join(staff)
    for visibility in ("private", "private", "public", "private"):  # Seqs 2, 3, 4 and 5.
        other_node.publish(say(store, ticket, visibility))
    await until(lambda: client.seqs(public) == [4] and bob.seqs(staff)[-1:] == [5])

    await ada.ask("mark", {"ticket_id": ticket.id, "read": 3})
    await until(lambda: len(bob.of("signal")) == 1 and len(client.of("signal")) == 1)
    await ada.ask("mark", {"ticket_id": ticket.id, "read": 5})
    await until(lambda: len(bob.of("signal")) == 2 and len(client.of("signal")) == 2)

    assert [marker["read"] for marker in bob.of("signal")] == [3, 5]
    assert [marker["read"] for marker in client.of("signal")] == [1, 4]
    late = await enter(other_node, store.desk.carl)
    (answer,) = await late.join(public)
    assert [shown(marker) for marker in answer["snapshot"]["markers"]] == [("agent", 4, 4)]


async def test_a_join_tells_the_markers_also_where_it_resumes(
    store: MemoryStore, node: Node, enter: Enter
):
    ticket = store.desk.open()
    for visibility in ("private", "public", "private", "public"):  # Seqs 2 to 5.
        say(store, ticket, visibility)
    ada, carl = store.desk.ada.id, store.desk.carl.id
    await store.advance(
        [Marker(ticket.id, ada, "agent", 4, 2), Marker(ticket.id, carl, "client", 5, 3)]
    )
    public, staff = ticket_room(ticket.id), staff_room(ticket.id)

    client = await enter(node, store.desk.carl)
    (resumed,) = await client.join({"room": public, "epoch": store.epoch, "after": 5})
    agent = await enter(node, store.desk.ada)
    (entered,) = await agent.join(staff)

    seen = {marker["person"]: shown(marker) for marker in resumed["markers"]}
    assert resumed["snapshot"] is None
    assert seen == {ada: ("agent", 3, 1), carl: ("client", 5, 3)}
    exact = {marker["person"]: shown(marker) for marker in entered["snapshot"]["markers"]}
    assert exact == {ada: ("agent", 4, 2), carl: ("client", 5, 3)}


async def test_only_a_member_marks(store: MemoryStore, node: Node, enter: Enter):
    ticket = store.desk.open()
    client = await enter(node, store.desk.dora)

    answer = await client.ask("mark", {"ticket_id": ticket.id, "read": 1})

    assert answer["error"]["code"] == "not_found"
    assert store.markers == {}


async def test_many_marks_are_stored_and_told_as_one(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node(QUICK)
    ticket = store.desk.open()
    for _ in range(20):
        say(store, ticket)
    client = await enter(node, store.desk.carl)
    await client.join(ticket_room(ticket.id))
    await node.realtime.book.flush()

    for seq in range(2, 22):
        await client.sio.emit("mark", {"ticket_id": ticket.id, "read": seq})
    await until(lambda: client.of("signal") and client.of("signal")[-1]["read"] == 21)

    assert len(client.of("signal")) <= 3
    assert store.reads["advance"] == len(client.of("signal"))


async def test_markers_that_cannot_be_stored_wait(store: MemoryStore, node: Node, enter: Enter):
    ticket = store.desk.open()
    client = await enter(node, store.desk.carl)
    await client.join(ticket_room(ticket.id))

    async def away() -> None:
        if store.reads["advance"] < 3:
            raise ConnectionError("the store is away")

    store.before["advance"] = away
    await client.ask("mark", {"ticket_id": ticket.id, "read": 1})

    await until(lambda: client.of("signal"))
    assert store.reads["advance"] == 3
    assert store.markers[ticket.id, store.desk.carl.id].read == 1
