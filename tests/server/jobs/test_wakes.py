"""Approvers are reminded and snoozed tickets come back by themselves, once, on many nodes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from domain.approval.commands import Approve
from domain.approval.decide import MOST_REMINDERS, REMIND_AFTER
from domain.approval.state import Level
from domain.inbox.state import Category
from domain.leave.state import Leave
from domain.people.state import Routing, User
from domain.routing.commands import SnoozeTicket
from server.dispatch.dispatcher import Dispatcher
from server.jobs.routing import Router
from server.store.connect import Store
from server.store.documents import kind_of
from server.store.leases import Leases
from server.store.models import LogEntry
from tests.server.house import FixedClock, House, keep, new_id, open_ticket
from tests.server.jobs.test_routing import are_there, set_team, ticket_of
from tests.server.jobs.test_timers import timer

HOUR = 3_600_000


async def happened(house: House, ticket_id: str, kind: str) -> list[dict[str, Any]]:
    """All events of a type, in order."""
    log = house.store[LogEntry].find({"stream": f"ticket:{ticket_id}"}).sort("_id")
    return [each async for raw in log for each in raw["events"] if each["type"] == kind]


async def test_who_does_not_answer_is_reminded_and_who_left_is_stood_in_for(
    dispatcher: Dispatcher, house: House, clock: FixedClock
):
    # Given a ticket that Ann and Sue must approve, and Bob as Ann's deputy
    level = Level(approver_ids=(house.agent.id, house.supervisor.id))
    category = Category(id=new_id(), name="Dear", approval=(level,))
    await keep(house.store, category)
    users = house.store[kind_of(User).model]
    deputy = {"$set": {"state.deputy_id": house.agent2.id}}
    await users.update_one({"_id": house.agent.id}, deputy)
    opened = await dispatcher.dispatch(open_ticket(category=category.id), house.client)
    ticket_id = opened.result["ticket_id"]

    # When a day goes by twice, and Ann goes on leave in between
    clock.time += REMIND_AFTER - 1
    assert await timer(dispatcher, house, clock).fire() == 0
    clock.time += 1
    await asyncio.gather(*(timer(dispatcher, house, clock).fire() for _ in range(3)))
    away = Leave(id=new_id(), user_id=house.agent.id, start=clock.time, end=clock.time + 99 * HOUR)
    await keep(house.store, away)
    for _ in range(MOST_REMINDERS + 1):
        clock.time += REMIND_AFTER
        await timer(dispatcher, house, clock).fire()

    # Then all were reminded so many times, and Bob is asked in Ann's place
    reminded = await happened(house, ticket_id, "ticket.approval_reminded")
    first, *others = [set(each["approver_ids"]) for each in reminded]
    assert len(reminded) == MOST_REMINDERS
    assert first == {house.agent.id, house.supervisor.id}
    assert others[0] == {house.supervisor.id}
    assert others[-1] == {house.agent2.id, house.supervisor.id}
    (delegated,) = await happened(house, ticket_id, "ticket.approval_delegated")
    assert (delegated["from_id"], delegated["to_id"]) == (house.agent.id, house.agent2.id)


async def test_a_snoozed_ticket_comes_back_once(
    dispatcher: Dispatcher, house: House, clock: FixedClock
):
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    ticket_id = opened.result["ticket_id"]
    until = clock.time + HOUR
    snooze = SnoozeTicket(command_id=new_id(), ticket_id=ticket_id, until=until)
    await dispatcher.dispatch(snooze, house.agent)

    clock.time = until - 1
    assert await timer(dispatcher, house, clock).fire() == 0
    clock.time = until
    await asyncio.gather(*(timer(dispatcher, house, clock).fire() for _ in range(3)))
    await timer(dispatcher, house, clock).fire()

    events = await happened(house, ticket_id, "ticket.snoozed")
    assert [each["until"] for each in events] == [until, None]


@pytest.mark.parametrize("hours", [1, REMIND_AFTER // HOUR + 1])
async def test_what_came_due_while_nobody_was_there_is_done_in_the_order_it_was_due(
    dispatcher: Dispatcher, house: House, clock: FixedClock, hours: int
):
    # Given a ticket with two timers: it is snoozed, and its approver is to be reminded
    category = Category(
        id=new_id(), name="Dear", approval=(Level(approver_ids=(house.supervisor.id,)),)
    )
    await keep(house.store, category)
    opened = await dispatcher.dispatch(open_ticket(category=category.id), house.client)
    ticket_id = opened.result["ticket_id"]
    until = clock.time + hours * HOUR
    snooze = SnoozeTicket(command_id=new_id(), ticket_id=ticket_id, until=until)
    await dispatcher.dispatch(snooze, house.agent)

    # When the workers come back after both
    clock.time += 2 * REMIND_AFTER - 1
    assert await timer(dispatcher, house, clock).fire() == 2

    # Then the log has them by their moments, whichever was set first
    log = house.store[LogEntry].find({"stream": f"ticket:{ticket_id}"}).sort("seq")
    told = [each["type"] async for raw in log for each in raw["events"]][-2:]
    in_order = ["ticket.snoozed", "ticket.approval_reminded"]
    assert told == (in_order if until < clock.time - REMIND_AFTER else in_order[::-1])


async def test_what_everybody_approved_is_given_to_who_is_free_and_not_before(
    dispatcher: Dispatcher, house: House, clock: FixedClock, store: Store
):
    await set_team(house, routing=Routing.ASSIGN.value)
    await are_there(house, house.agent)
    router = Router(store, Leases(store, clock), dispatcher, clock)
    levels = (
        Level(approver_ids=(house.supervisor.id, house.agent2.id)),
        Level(approver_ids=(house.agent.id,)),
    )
    category = Category(id=new_id(), name="Dear", approval=levels)
    await keep(store, category)
    opened = await dispatcher.dispatch(open_ticket(category=category.id), house.client)
    ticket_id = opened.result["ticket_id"]

    for who in (house.supervisor, house.agent2, house.agent):
        assert await router.route() == 0
        assert (await ticket_of(house, ticket_id)).owner_id is None
        await dispatcher.dispatch(Approve(command_id=new_id(), ticket_id=ticket_id), who)

    assert await router.route() == 1
    await dispatcher.close()
    assert (await ticket_of(house, ticket_id)).owner_id == house.agent.id
