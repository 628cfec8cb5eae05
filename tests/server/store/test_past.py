"""The last hour's numbers are what was counted then, and yesterday's end at the same time."""

from __future__ import annotations

import pytest

from domain.message import Millis
from domain.ticket.commands import SetStatus
from domain.ticket.state import Status
from server.dispatch.dispatcher import Dispatcher
from server.store.counters import Counts
from server.store.past import (
    STEP,
    TOLD,
    UNKNOWN,
    count_yesterday,
    past_among,
    past_name,
    remembered,
)
from tests.server.house import FixedClock, House, new_id, open_ticket

MINUTE: Millis = 60_000
HOUR: Millis = 60 * MINUTE


@pytest.fixture(autouse=True)
def noon(clock: FixedClock) -> None:
    """The whole hour is of one day."""
    clock.time += 12 * HOUR - clock.time % (24 * HOUR)


def numbers(**tickets: int) -> Counts:
    """As they are counted: 0, but of the tickets that are given."""
    return {**dict.fromkeys(TOLD, 0), **{f"tickets.{name}": n for name, n in tickets.items()}}


def at(past: Counts, moment: Millis) -> Counts:
    return {name: past[past_name(name, moment)] for name in TOLD}


def test_each_moment_of_the_hour_is_what_was_counted_first_in_it(clock: FixedClock):
    noon, past = clock.time, {}
    for turn in range(36):  # Every two minutes.
        past = remembered(past, numbers(open=turn), noon + turn * 2 * MINUTE)

    # Moments of the last hour: the first count at or after each, the newest hour only
    told = {name: at(past, noon + name * MINUTE)["tickets.open"] for name in range(0, 60, 5)}
    assert told == {
        0: 30, 5: 33, 10: 35, 15: 8, 20: 10, 25: 13,
        30: 15, 35: 18, 40: 20, 45: 23, 50: 25, 55: 28,
    }  # fmt: skip


def test_moments_at_which_nobody_counted_are_unknown(clock: FixedClock):
    past = remembered({}, numbers(open=1), clock.time)
    past = remembered(past, numbers(open=2), clock.time + STEP)
    past = remembered(past, numbers(open=3), clock.time + 4 * STEP)

    opened = [at(past, clock.time + step * STEP)["tickets.open"] for step in range(5)]
    assert opened == [1, 2, UNKNOWN, UNKNOWN, 3]
    assert set(at(past, clock.time + 2 * STEP).values()) == {UNKNOWN}


def test_after_more_than_an_hour_without_counting_nothing_before_is_known(clock: FixedClock):
    past: Counts = {}
    for step in range(12):
        past = remembered(past, numbers(open=9), clock.time + step * STEP)
    past = remembered(past, numbers(open=1), clock.time + 5 * HOUR)

    opened = [at(past, clock.time + step * STEP)["tickets.open"] for step in range(12)]
    assert opened == [1, *[UNKNOWN] * 11]


def test_what_was_before_the_tickets_came_in_is_no_past(clock: FixedClock):
    past: Counts = {}
    for step in range(3):
        past = remembered(past, numbers(open=step), clock.time + step * STEP)
    came_in = clock.time + STEP + 1
    past = remembered(past, numbers(open=8), clock.time + 2 * STEP + 1, came_in)
    past = remembered(past, numbers(open=9), clock.time + 3 * STEP, came_in)

    opened = [at(past, clock.time + step * STEP)["tickets.open"] for step in range(4)]
    assert opened == [UNKNOWN, UNKNOWN, 2, 9]


def test_what_was_due_before_midnight_is_not_compared_with_what_is_due_today(clock: FixedClock):
    midnight = clock.time + 12 * HOUR
    past = remembered({}, numbers(due_today=7, open=7), midnight - STEP)
    past = remembered(past, numbers(due_today=2, open=8), midnight)

    assert at(past, midnight - STEP)["tickets.due_today"] == UNKNOWN
    assert at(past, midnight - STEP)["tickets.open"] == 7
    assert at(past, midnight)["tickets.due_today"] == 2


def test_the_past_is_found_among_a_rooms_numbers(clock: FixedClock):
    past = remembered({}, numbers(open=4), clock.time)

    assert past_among({**numbers(open=4), **past, "opened.h3": 1, "yesterday.opened": 2}) == past


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
