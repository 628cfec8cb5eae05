"""Who types and who views is kept by the nodes: by person, while it lasts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.access import Actor
from domain.audience import agent_room, staff_room, ticket_room
from tests.realtime.conftest import Enter, StartNode
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import CALM, Client, Node, disconnect, until
from tests.stores import StoreProcess

SHORT = replace(CALM, typing_for=0.3, viewing_for=0.3, company_every=0.1, company_for=0.5)
"""Everything runs out at once that is not said again."""
TALKATIVE = replace(CALM, company_every=0.1, company_for=0.5)
"""Nodes repeat themselves, and a dead one is noticed."""


async def say(client: Client, room: str, kind: str = "viewing", **more: Any) -> None:
    assert (await client.ask("signal", {"room": room, "type": kind, **more}))["ok"]


async def present(client: Client, room: str) -> set[tuple[str, str]]:
    """Who does what, as a join is told."""
    (joined,) = await client.join(room)
    return {(each["type"], each["from"]["id"]) for each in joined["signals"]}


def changes(client: Client) -> list[tuple[str, str, bool]]:
    return [(each["type"], each["from"]["id"], each["active"]) for each in client.of("signal")]


async def staff_of(store: MemoryStore, enter: Enter, room: str, *places: Node) -> list[Client]:
    """Ada on the nodes, in the room, and Bob beside her on the first."""
    people = [await enter(place, store.desk.ada) for place in places]
    people.append(await enter(places[0], store.desk.bob))
    for each in people:
        await each.join(room)
    return people


async def test_who_joins_is_told_who_is_there_on_this_node_and_on_others(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    here, there = await start_node(), await start_node()
    ticket = store.desk.open()
    public, staff = ticket_room(ticket.id), staff_room(ticket.id)
    client, ada = await enter(here, store.desk.carl), await enter(here, store.desk.ada)
    await client.join(public)
    await ada.join(staff)
    await say(client, public, "typing")
    await say(ada, staff)
    expected = {("typing", store.desk.carl.id), ("viewing", store.desk.ada.id)}

    assert await present(await enter(here, store.desk.bob), staff) == expected

    sue = await enter(there, store.desk.sue)
    told = await present(sue, staff)
    await until(lambda: told | {change[:2] for change in changes(sue)} == expected)
    assert await present(await enter(there, store.desk.bob), staff) == expected


async def test_a_node_that_hears_of_a_client_only_is_asked_too(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    here, there = await start_node(), await start_node()
    ticket = store.desk.open()
    client = await enter(here, store.desk.carl)
    await client.join(ticket_room(ticket.id))
    await say(client, ticket_room(ticket.id), "typing")

    ada = await enter(there, store.desk.ada)
    told = await present(ada, staff_room(ticket.id))

    await until(lambda: told or changes(ada) == [("typing", store.desk.carl.id, True)])


async def test_what_is_said_again_is_told_once(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    here, there = await start_node(), await start_node()
    room = staff_room(store.desk.open().id)
    ada, again, bob = await staff_of(store, enter, room, here, there)

    for _ in range(5):
        await say(ada, room)
        await say(again, room)
    await say(ada, room, active=False)
    await say(again, room, active=False)

    viewing = ("viewing", store.desk.ada.id)
    await until(lambda: changes(bob) == [(*viewing, True), (*viewing, False)])


@pytest.mark.parametrize("end", ["leaves", "disconnects", "dies"])
async def test_it_ends_at_once_with_the_last_socket_of_that_person(
    store: MemoryStore, start_node: StartNode, enter: Enter, end: str
):
    here, there = await start_node(), await start_node()
    room = staff_room(store.desk.open().id)
    ada, again, bob = await staff_of(store, enter, room, here, there)
    for device in (again, ada):
        await say(device, room)
        await say(device, room, "typing")
        await until(lambda: len(changes(bob)) == 2)

    await let_go(ada, room, end)
    await say(bob, room)  # Has been to both nodes once Ada's other device hears of it.
    await until(lambda: ("viewing", store.desk.bob.id, True) in changes(again))
    assert all(active for _, _, active in changes(bob))

    await let_go(again, room, end)
    await until(lambda: len(changes(bob)) == 4)
    assert {change[:2] for change in changes(bob) if not change[2]} == {
        ("viewing", store.desk.ada.id),
        ("typing", store.desk.ada.id),
    }


async def let_go(client: Client, room: str, how: str) -> None:
    if how == "leaves":
        await client.ask("leave", {"rooms": [room]})
    elif how == "disconnects":
        await client.sio.disconnect()
    else:
        client.sio.eio.ws._response.connection.transport.abort()


async def test_what_nobody_says_again_runs_out_on_every_node(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    here, there = await start_node(SHORT), await start_node(SHORT)
    room = staff_room(store.desk.open().id)
    ada, again, bob = await staff_of(store, enter, room, here, there)

    await say(ada, room)
    await say(ada, room, "typing")

    for other in (bob, again):
        await until(lambda other=other: len(changes(other)) == 4)
        assert [active for *_, active in changes(other)] == [True, True, False, False]


async def test_what_is_said_on_another_node_holds_while_that_node_repeats_it(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    here, there = await start_node(TALKATIVE), await start_node(TALKATIVE)
    room = staff_room(store.desk.open().id)
    _, again, bob = await staff_of(store, enter, room, here, there)
    await say(again, room)
    await until(lambda: len(changes(bob)) == 1)

    heard = here.counters.received
    await until(lambda: here.counters.received > heard + 8)  # Longer than a word holds.
    assert changes(bob) == [("viewing", store.desk.ada.id, True)]

    await there.realtime._tasks.end()  # It says nothing any more.
    await until(lambda: changes(bob)[1:] == [("viewing", store.desk.ada.id, False)])


async def test_after_redis_was_flushed_and_killed_everybody_knows_the_same(
    store: MemoryStore, start_node: StartNode, enter: Enter, valkey: StoreProcess
):
    here, there = [await start_node(TALKATIVE, valkey.url) for _ in range(2)]
    room = staff_room(store.desk.open().id)
    ada, again, bob = await staff_of(store, enter, room, here, there)
    sue = await enter(there, store.desk.sue)
    await sue.join(room)
    await say(ada, room)
    await until(lambda: changes(sue) == [("viewing", store.desk.ada.id, True)])

    await here.redis.flushall()
    valkey.kill()
    await say(ada, room, active=False)
    await say(bob, room, "typing")
    await disconnect([again])
    valkey.start()

    expected = {("viewing", store.desk.ada.id, False), ("typing", store.desk.bob.id, True)}
    await until(lambda: set(changes(sue)[1:]) == expected)
    assert await present(await enter(there, store.desk.bob), room) == {
        ("typing", store.desk.bob.id)
    }


async def test_staffs_looking_is_never_shown_to_clients(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node()
    ticket = store.desk.open()
    public, staff = ticket_room(ticket.id), staff_room(ticket.id)
    client, bob = await enter(node, store.desk.carl), await enter(node, store.desk.bob)
    ada = await enter(node, store.desk.ada)
    await client.join(public)
    for agent in (ada, bob):
        await agent.join(staff)

    await say(ada, staff, visibility="public")
    await say(ada, staff, "typing", visibility="private")

    await until(lambda: len(changes(bob)) == 2)
    await client.settled()
    assert changes(client) == []
    assert await present(client, public) == set()


async def test_whoever_goes_on_typing_for_staff_only_types_no_more_for_the_client(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node()
    ticket = store.desk.open()
    client, ada = await enter(node, store.desk.carl), await enter(node, store.desk.ada)
    await client.join(ticket_room(ticket.id))
    await ada.join(staff_room(ticket.id))

    await say(ada, staff_room(ticket.id), "typing", visibility="public")
    await say(ada, staff_room(ticket.id), "typing", visibility="private")

    typing = ("typing", store.desk.ada.id)
    await until(lambda: changes(client) == [(*typing, True), (*typing, False)])


async def test_who_is_put_out_does_nothing_there_any_more(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node()
    room = staff_room(store.desk.open().id)
    token = store.log_in(store.desk.ada)
    ada, bob = await enter(node, store.desk.ada, token=token), await enter(node, store.desk.bob)
    for each in (ada, bob):
        await each.join(room)
    await say(ada, room)
    await until(lambda: changes(bob))

    store.change(token, without_rights(store.desk.ada))
    await node.realtime.kick([store.desk.ada.id])

    await until(lambda: changes(bob)[1:] == [("viewing", store.desk.ada.id, False)])


def without_rights(actor: Actor) -> Actor:
    return actor.model_copy(update={"permissions": {}})


async def test_a_resumed_join_is_told_too_and_feeds_and_refused_rooms_have_nobody(
    store: MemoryStore, node: Node, enter: Enter
):
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    ada, sue = await enter(node, store.desk.ada), await enter(node, store.desk.sue)
    (joined,) = await ada.join(room)
    await say(ada, room)
    own = agent_room(store.desk.sue.id)
    cursor = {"room": room, "epoch": joined["epoch"], "after": joined["seq"]}

    resumed, wallboard, agent = await sue.join(cursor, "wallboard", own)

    assert resumed["snapshot"] is None
    assert resumed["signals"] == [
        {"type": "viewing", "from": {"kind": "agent", "id": store.desk.ada.id}}
    ]
    assert "signals" not in wallboard
    assert agent.get("signals", []) == []
