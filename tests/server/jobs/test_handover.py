"""What waits for an answer goes back to the queue: at a shift's end, by leave, by vanishing."""

from __future__ import annotations

from typing import Any

import pytest

from domain.leave.state import Leave
from domain.people.state import Routing
from domain.ticket.commands import AssignTicket
from domain.workforce.state import Agent
from server.dispatch.dispatcher import Dispatcher
from server.jobs.handover import Handover
from server.store.connect import Store
from server.store.leases import Leases
from server.store.models import LogEntry, StoredAttendance
from server.store.streams import Streams
from tests.server.house import FixedClock, House, keep, new_id, open_ticket, reply
from tests.server.jobs.test_routing import are_there, load_of, set_team, set_user, ticket_of

MINUTE, HOUR = 60_000, 3_600_000
NOON = 1_795_176_000_000  # Friday, 20 November 2026.
OFFICE = [{"days": ["mon", "tue", "wed", "thu", "fri"], "start": "09:00", "end": "17:00"}]
FIVE = NOON + 5 * HOUR
VANISHED = 10 * MINUTE


@pytest.fixture
def handover(store: Store, house: House, dispatcher: Dispatcher, clock: FixedClock) -> Handover:
    assert house, "the people must be there"
    clock.time = NOON
    return Handover(store, Leases(store, clock), dispatcher, clock, VANISHED)


async def owned(house: House, dispatcher: Dispatcher, *, answered: bool = False) -> str:
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    ticket_id: str = opened.result["ticket_id"]
    give = AssignTicket(command_id=new_id(), ticket_id=ticket_id, agent_id=house.agent.id)
    await dispatcher.dispatch(give, house.supervisor)
    if answered:
        await dispatcher.dispatch(reply(ticket_id), house.agent)
    return ticket_id


async def at_work(house: House, **team: Any) -> None:
    await set_team(house, routing=Routing.OFFER.value, **team)
    await set_user(house, house.agent, shifts=OFFICE)
    await are_there(house, house.agent)


async def requeued(house: House, ticket_id: str) -> list[str]:
    found = await house.store[LogEntry].find({"stream": f"ticket:{ticket_id}"}).to_list()
    events = [event for raw in found for event in raw["events"]]
    return [each["reason"] for each in events if each["type"] == "ticket.requeued"]


async def agent_of(house: House) -> Agent:
    state = (await Streams(house.store).headers.load(f"agent:{house.agent.id}")).state
    assert isinstance(state, Agent)
    return state


async def test_the_end_of_a_shift_is_warned_of_once_a_quarter_before(
    handover: Handover, house: House, clock: FixedClock
):
    await at_work(house)
    clock.time = FIVE - 16 * MINUTE
    assert await handover.look() == 0
    clock.time = FIVE - 15 * MINUTE
    assert await handover.look() == 1
    assert await handover.look() == 0
    assert (await agent_of(house)).warned_until == FIVE


async def test_at_its_end_what_is_unanswered_goes_back_and_what_is_answered_stays(
    handover: Handover, house: House, dispatcher: Dispatcher, clock: FixedClock
):
    await at_work(house)
    waits = await owned(house, dispatcher)
    answered = await owned(house, dispatcher, answered=True)
    assert await handover.look() == 0

    clock.time = FIVE
    await handover.look()
    await handover.look()
    await dispatcher.close()

    ticket = await ticket_of(house, waits)
    assert ticket.owner_id is None
    assert await requeued(house, waits) == ["shift_end"]
    assert (await ticket_of(house, answered)).owner_id == house.agent.id
    assert await load_of(house, house.agent) == 2


async def test_who_is_given_one_by_hand_after_their_shift_keeps_it(
    handover: Handover, house: House, dispatcher: Dispatcher, clock: FixedClock
):
    await at_work(house)
    ticket_id = await owned(house, dispatcher)
    clock.time = FIVE
    await handover.look()
    give = AssignTicket(command_id=new_id(), ticket_id=ticket_id, agent_id=house.agent.id)
    await dispatcher.dispatch(give, house.supervisor)

    await handover.look()

    assert (await ticket_of(house, ticket_id)).owner_id == house.agent.id
    assert await requeued(house, ticket_id) == ["shift_end"]


async def test_leave_gives_back_what_is_unanswered(
    handover: Handover, house: House, dispatcher: Dispatcher, clock: FixedClock
):
    await at_work(house)
    ticket_id = await owned(house, dispatcher)
    leave = Leave(id=new_id(), user_id=house.agent.id, start=NOON + MINUTE, end=NOON + HOUR)
    await keep(house.store, leave)
    assert await handover.look() == 0
    clock.time = NOON + MINUTE
    await handover.look()
    assert await requeued(house, ticket_id) == ["leave"]


async def test_a_closed_account_gives_back_what_is_unanswered(
    handover: Handover, house: House, dispatcher: Dispatcher
):
    await at_work(house)
    waits = await owned(house, dispatcher)
    answered = await owned(house, dispatcher, answered=True)
    await set_user(house, house.agent, active=False)

    await handover.look()
    await handover.look()
    await dispatcher.close()

    assert (await ticket_of(house, waits)).owner_id is None
    assert await requeued(house, waits) == ["leave"]
    assert (await ticket_of(house, answered)).owner_id == house.agent.id
    assert await load_of(house, house.agent) == 2


async def test_who_vanishes_for_long_loses_what_waits_and_who_reloads_does_not(
    handover: Handover, house: House, dispatcher: Dispatcher, clock: FixedClock
):
    await at_work(house)
    ticket_id = await owned(house, dispatcher)
    gone = {"state": "offline", "since": NOON}
    await house.store[StoredAttendance].update_one({"_id": house.agent.id}, {"$set": gone})
    clock.time = NOON + VANISHED - 1
    assert await handover.look() == 0
    clock.time = NOON + VANISHED
    await handover.look()
    assert await requeued(house, ticket_id) == ["vanished"]


async def test_leave_gives_back_what_is_unanswered_in_a_team_that_routes_by_hand_too(
    handover: Handover, house: House, dispatcher: Dispatcher
):
    waits = await owned(house, dispatcher)
    answered = await owned(house, dispatcher, answered=True)
    leave = Leave(id=new_id(), user_id=house.agent.id, start=NOON - MINUTE, end=NOON + HOUR)
    await keep(house.store, leave)

    await handover.look()
    await dispatcher.close()

    assert (await ticket_of(house, waits)).owner_id is None
    assert await requeued(house, waits) == ["leave"]
    assert (await ticket_of(house, answered)).owner_id == house.agent.id


async def test_the_end_of_a_shift_hands_nothing_over_in_a_team_that_routes_by_hand(
    handover: Handover, house: House, dispatcher: Dispatcher, clock: FixedClock
):
    await set_user(house, house.agent, shifts=OFFICE)
    ticket_id = await owned(house, dispatcher)
    clock.time = FIVE
    assert await handover.look() == 0
    assert (await ticket_of(house, ticket_id)).owner_id == house.agent.id
