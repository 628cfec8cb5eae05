"""The last hour's numbers are told backwards from the log, and equal what was counted then."""

from __future__ import annotations

import pytest

from domain.message import Millis
from domain.ticket.commands import AssignTicket, DeleteTicket, SetStatus, UpdateTicket
from domain.ticket.state import Status
from server.dispatch.dispatcher import Dispatcher
from server.store import past
from server.store.counters import Counts, count_team
from server.store.past import (
    STEP,
    TOLD,
    UNKNOWN,
    count_past,
    count_yesterday,
    moments,
    past_name,
)
from tests.server.house import FixedClock, House, new_id, open_ticket, reply

MINUTE: Millis = 60_000
HOUR: Millis = 60 * MINUTE


@pytest.fixture(autouse=True)
def noon(clock: FixedClock) -> None:
    """The whole hour is of one day."""
    clock.time += 12 * HOUR - clock.time % (24 * HOUR)


async def counted(house: House, clock: FixedClock) -> Counts:
    return await count_team(house.store, house.team.id, clock.now())


async def told(house: House, clock: FixedClock) -> Counts:
    return await count_past(house.store, await counted(house, clock), clock.now())


def at(counts: Counts, moment: Millis) -> Counts:
    return {name: counts[past_name(name, moment)] for name in TOLD}


async def test_the_past_hour_is_what_was_counted_at_each_of_its_moments(
    dispatcher: Dispatcher, house: House, clock: FixedClock
):
    # Given an old ticket, and one after another thing that happens between two moments
    async def opened() -> str:
        return (await dispatcher.dispatch(open_ticket(), house.client)).result["ticket_id"]

    untouched = await opened()
    one, two, three = [await opened() for _ in range(3)]

    def give(ticket: str) -> AssignTicket:
        return AssignTicket(command_id=new_id(), ticket_id=ticket, agent_id=house.agent.id)

    def put(ticket: str, status: Status) -> SetStatus:
        return SetStatus(command_id=new_id(), ticket_id=ticket, status=status)

    def due(ticket: str, after: Millis) -> UpdateTicket:
        return UpdateTicket(command_id=new_id(), ticket_id=ticket, due_at=clock.time + after)

    await dispatcher.dispatch(due(untouched, 95 * MINUTE), house.supervisor)
    clock.time += HOUR + MINUTE
    seen: dict[Millis, Counts] = {}
    for command in (
        give(one),
        put(one, Status.PENDING),
        open_ticket(),
        put(two, Status.RESOLVED),
        due(three, 2 * STEP + MINUTE),
        reply(three),
        put(two, Status.OPEN),
        DeleteTicket(command_id=new_id(), ticket_id=two),
        give(untouched),
    ):
        actor = house.client if command.type == "ticket.open" else house.supervisor
        await dispatcher.dispatch(command, actor)
        moment = clock.time - clock.time % STEP + STEP
        clock.time = moment
        seen[moment] = await counted(house, clock)
        clock.time += MINUTE

    # When the last hour is told
    hour = await told(house, clock)

    # Then it is what was counted then
    assert len(seen) == 9
    for moment, counts in seen.items():
        assert at(hour, moment) == {name: counts[name] for name in TOLD}, moment


async def test_before_the_first_ticket_there_was_none(
    dispatcher: Dispatcher, house: House, clock: FixedClock
):
    await dispatcher.dispatch(open_ticket(), house.client)
    clock.time += STEP

    hour = await told(house, clock)

    newest, *older = moments(clock.now())
    assert at(hour, newest)["tickets.open"] == 1
    assert {value for moment in older[1:] for value in at(hour, moment).values()} == {0}


async def test_what_a_busy_desk_did_before_the_last_commits_is_not_guessed(
    dispatcher: Dispatcher, house: House, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(past, "MOST", 3)
    for _ in range(4):
        await dispatcher.dispatch(open_ticket(), house.client)
        clock.time += STEP

    hour = await told(house, clock)

    opened = [at(hour, moment)["tickets.open"] for moment in moments(clock.now())]
    assert opened[:4] == [4, 4, 3, 2]
    assert set(opened[4:]) == {UNKNOWN}


async def test_what_was_due_before_midnight_is_not_compared_with_what_is_due_today(
    dispatcher: Dispatcher, house: House, clock: FixedClock
):
    clock.time += 12 * HOUR + 10 * MINUTE
    hour = await told(house, clock)

    due = [at(hour, moment)["tickets.due_today"] for moment in moments(clock.now())]
    assert due == [0, 0, 0, *[UNKNOWN] * 9]


async def test_yesterday_is_told_until_the_same_time(
    dispatcher: Dispatcher, house: House, clock: FixedClock
):
    tickets: list[str] = []
    for _ in range(3):  # At noon, one o'clock and two.
        opened = await dispatcher.dispatch(open_ticket(), house.client)
        tickets.append(opened.result["ticket_id"])
        clock.time += HOUR
    resolve = SetStatus(command_id=new_id(), ticket_id=tickets[0], status=Status.RESOLVED)
    await dispatcher.dispatch(resolve, house.agent)

    clock.time += 22 * HOUR + MINUTE  # Just after one, on the day that follows.
    counts = await count_yesterday(house.store, clock.now())
    assert counts == {"yesterday.opened": 2, "yesterday.resolved": 0}
    clock.time += 2 * HOUR
    counts = await count_yesterday(house.store, clock.now())
    assert counts == {"yesterday.opened": 3, "yesterday.resolved": 1}
