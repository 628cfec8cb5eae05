"""A command asked again gets the answer it got, whatever happened since."""

from __future__ import annotations

import asyncio

import pytest

from domain.contact.state import Contact
from domain.errors import CommandIdReused, Forbidden
from domain.ticket.commands import SetPriority, SetStatus
from domain.ticket.state import Priority, Status
from server.dispatch.dispatcher import Dispatcher
from server.store.connect import Store
from server.store.models import LogEntry
from tests.server.dispatch.conftest import SECRET
from tests.server.house import (
    FixedClock,
    Heard,
    House,
    client_of,
    keep,
    new_id,
    open_ticket,
    reply,
)


async def commits_of(store: Store, ticket_id: str) -> list[tuple[int, str]]:
    cursor = store[LogEntry].find({"stream": f"ticket:{ticket_id}"}).sort("_id", 1)
    return [(entry["seq"], entry["command_id"]) async for entry in cursor]


@pytest.fixture
async def ticket_id(dispatcher: Dispatcher, house: House) -> str:
    return (await dispatcher.dispatch(open_ticket(), house.client)).result["ticket_id"]


async def test_a_repeated_opening_answers_with_the_same_ticket(
    dispatcher: Dispatcher, house: House
):
    command = open_ticket()

    first = await dispatcher.dispatch(command, house.client)
    second = await dispatcher.dispatch(command, house.client)

    assert first == second
    assert await house.store[LogEntry].count_documents({}) == 1


async def test_a_repeat_answers_as_then_though_its_effect_is_superseded(
    dispatcher: Dispatcher, house: House, ticket_id: str
):
    high = SetPriority(command_id=new_id(), ticket_id=ticket_id, priority=Priority.HIGH)
    low = SetPriority(command_id=new_id(), ticket_id=ticket_id, priority=Priority.LOW)
    first = await dispatcher.dispatch(high, house.agent)
    await dispatcher.dispatch(low, house.agent)

    again = await dispatcher.dispatch(high, house.agent)

    assert again == first
    assert len(await commits_of(house.store, ticket_id)) == 3


async def test_a_repeat_is_answered_though_its_sender_may_not_do_it_any_more(
    dispatcher: Dispatcher, house: House, ticket_id: str
):
    command = reply(ticket_id)
    first = await dispatcher.dispatch(command, house.agent)
    powerless = house.agent.model_copy(update={"permissions": {}, "team_ids": frozenset()})

    assert await dispatcher.dispatch(command, powerless) == first
    with pytest.raises(Forbidden):
        await dispatcher.dispatch(reply(ticket_id), powerless)


async def test_an_id_used_by_another_actor_is_refused(
    dispatcher: Dispatcher, house: House, ticket_id: str
):
    command = reply(ticket_id)
    await dispatcher.dispatch(command, house.agent)

    with pytest.raises(CommandIdReused):
        await dispatcher.dispatch(command, house.supervisor)


async def test_an_id_used_for_other_content_is_refused(
    dispatcher: Dispatcher, house: House, ticket_id: str
):
    command = reply(ticket_id, "This.")
    await dispatcher.dispatch(command, house.agent)

    with pytest.raises(CommandIdReused):
        await dispatcher.dispatch(
            reply(ticket_id, "That.", command_id=command.command_id), house.agent
        )


async def test_a_repeated_command_that_changed_nothing_stays_without_effect(
    dispatcher: Dispatcher, house: House, ticket_id: str
):
    same = SetPriority(command_id=new_id(), ticket_id=ticket_id, priority=Priority.MEDIUM)
    first = await dispatcher.dispatch(same, house.agent)
    low = SetPriority(command_id=new_id(), ticket_id=ticket_id, priority=Priority.LOW)
    await dispatcher.dispatch(low, house.agent)

    again = await dispatcher.dispatch(same, house.agent)

    assert again == first
    assert [seq for seq, _ in await commits_of(house.store, ticket_id)] == [1, 2, 3]


async def test_a_repeat_while_the_first_is_in_flight_on_another_node_is_applied_once(
    store: Store, house: House, clock: FixedClock, ticket_id: str
):
    nodes = [Dispatcher(store, clock, Heard(), SECRET) for _ in range(2)]
    command = reply(ticket_id)

    answers = await asyncio.gather(*(node.dispatch(command, house.agent) for node in nodes))

    assert answers[0] == answers[1]
    assert len(await commits_of(store, ticket_id)) == 2
    await asyncio.gather(*(node.close() for node in nodes))


async def test_a_guest_who_became_known_gets_the_answer_of_the_guest(
    dispatcher: Dispatcher, house: House
):
    guest, known = (
        Contact(id=new_id(), name=name, guest=name == "guest") for name in ("guest", "kim")
    )
    await keep(house.store, guest)
    await keep(house.store, known)
    command = open_ticket()
    opened = await dispatcher.dispatch(command, client_of(guest))

    again = await dispatcher.dispatch(command, client_of(known, guest.id))

    assert again == opened
    assert await house.store[LogEntry].count_documents({}) == 1


async def test_a_command_with_its_defaults_spelled_out_by_no_one_keeps_its_digest(
    dispatcher: Dispatcher, house: House, ticket_id: str
):
    command = SetStatus(command_id=new_id(), ticket_id=ticket_id, status=Status.PENDING)
    first = await dispatcher.dispatch(command, house.agent)
    parsed = SetStatus.model_validate(command.model_dump(exclude_unset=True))

    assert await dispatcher.dispatch(parsed, house.agent) == first
