"""Typing and viewing: of the moment, and only for those who may know."""

from __future__ import annotations

from dataclasses import replace

from domain.audience import WALLBOARD, agent_room, staff_room, ticket_room
from domain.ticket.commands import Reply
from tests.realtime.conftest import Enter, StartNode
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import CALM, Client, Node, until


async def rooms_of_three(
    store: MemoryStore, node: Node, other_node: Node, enter: Enter
) -> tuple[str, str, Client, Client, Client]:
    """A ticket's two rooms, its client, and two agents on two nodes."""
    ticket = store.desk.open()
    public, staff = ticket_room(ticket.id), staff_room(ticket.id)
    client = await enter(node, store.desk.carl)
    ada, bob = await enter(node, store.desk.ada), await enter(other_node, store.desk.bob)
    await client.join(public)
    for agent in (ada, bob):
        await agent.join(staff)
    return public, staff, client, ada, bob


async def test_a_client_typing_is_seen_by_staff_with_the_servers_word_for_who(
    store: MemoryStore, node: Node, other_node: Node, enter: Enter
):
    public, staff, client, ada, bob = await rooms_of_three(store, node, other_node, enter)

    answer = await client.ask("signal", {"room": public, "type": "typing", "base_seq": 1})

    await until(lambda: ada.of("signal") and bob.of("signal"))
    carl = {"kind": "client", "id": store.desk.carl.id}
    typing = {"room": staff, "type": "typing", "from": carl, "active": True, "base_seq": 1}
    assert answer == {"ok": True}
    assert ada.of("signal") == bob.of("signal") == [typing]
    assert client.of("signal") == []


async def test_an_agents_public_typing_reaches_the_client_and_private_typing_does_not(
    store: MemoryStore, node: Node, other_node: Node, enter: Enter
):
    public, staff, client, ada, bob = await rooms_of_three(store, node, other_node, enter)

    await bob.ask("signal", {"room": staff, "type": "typing", "visibility": "private"})
    await bob.ask("signal", {"room": staff, "type": "viewing"})
    await bob.ask("signal", {"room": staff, "type": "typing"})
    await bob.ask("signal", {"room": staff, "type": "typing", "active": False})

    await until(lambda: len(ada.of("signal")) == 3 and len(client.of("signal")) == 2)
    assert [signal["type"] for signal in ada.of("signal")] == ["typing", "viewing", "typing"]
    assert [(each["room"], each["active"]) for each in client.of("signal")] == [
        (public, True),
        (public, False),
    ]


async def test_what_staff_saw_last_says_nothing_of_notes_to_the_client(
    store: MemoryStore, node: Node, other_node: Node, enter: Enter
):
    ticket = store.desk.open()
    public, staff = ticket_room(ticket.id), staff_room(ticket.id)
    for body, visibility in (("a", "public"), ("b", "private"), ("c", "private")):
        store.commit(
            store.desk.ask(ticket, Reply, body=body, visibility=visibility), store.desk.ada
        )
    client, ada = await enter(node, store.desk.carl), await enter(other_node, store.desk.ada)
    await client.join({"room": public, "epoch": store.epoch, "after": 0})
    await ada.join(staff)

    await ada.ask("signal", {"room": staff, "type": "typing", "base_seq": 10**9})

    await until(lambda: client.of("signal"))
    assert client.of("signal")[0]["base_seq"] == 2


async def test_only_members_signal_and_only_where_that_means_something(
    store: MemoryStore, node: Node, enter: Enter
):
    ticket = store.desk.open()
    client = await enter(node, store.desk.dora)
    supervisor = await enter(node, store.desk.sue)
    await supervisor.join(WALLBOARD)

    outside = await client.ask("signal", {"room": ticket_room(ticket.id), "type": "typing"})
    feed = await supervisor.ask("signal", {"room": WALLBOARD, "type": "viewing"})

    assert outside["error"]["code"] == feed["error"]["code"] == "not_found"


async def test_an_agents_own_room_carries_signals_too(store: MemoryStore, node: Node, enter: Enter):
    room = agent_room(store.desk.ada.id)
    devices = [await enter(node, store.desk.ada) for _ in range(2)]
    for device in devices:
        await device.join(room)

    assert (await devices[0].ask("signal", {"room": room, "type": "viewing"}))["ok"]

    await until(lambda: devices[1].of("signal"))
    assert devices[0].of("signal") == []


async def test_a_flood_of_signals_is_stopped_at_its_source(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node(replace(CALM, signal_rate=1.0, signal_burst=3.0))
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    flooder, other = await enter(node, store.desk.ada), await enter(node, store.desk.bob)
    for agent in (flooder, other):
        await agent.join(room)

    answers = [
        await flooder.ask("signal", {"room": room, "type": "typing", "active": number % 2 == 0})
        for number in range(5)
    ]
    await other.settled()

    assert [answer["ok"] for answer in answers] == [True, True, True, False, False]
    assert answers[-1]["error"]["code"] == "rate_limited"
    assert len(other.of("signal")) == 3
