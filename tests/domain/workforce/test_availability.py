"""Whether somebody is free, why not, and until when the clock leaves it so."""

from __future__ import annotations

from typing import Any

import pytest

from domain.people.shifts import Span
from domain.people.state import User
from domain.workforce.availability import LAST_CALL, Availability, Reason, availability
from domain.workforce.state import MISSED_MOST, Agent, AgentStatus, Break, Held
from tests.domain.desk import uid
from tests.domain.people.house import a_user
from tests.domain.people.test_shifts import OFFICE, at

NOW = at("2026-12-02T10:00")  # A Wednesday.
NOON, FIVE = at("2026-12-02T12:00"), at("2026-12-02T17:00")
TOMORROW = at("2026-12-03T09:00")


def office(**fields: Any) -> User:
    shifts = [{"days": OFFICE, "start": "09:00", "end": "17:00"}]
    breaks = [{"days": OFFICE, "start": "12:00", "end": "12:30"}]
    named: dict[str, Any] = {"shifts": shifts, "breaks": breaks, "capacity": 10, **fields}
    return a_user(**named)


def agent(**fields: Any) -> Agent:
    return Agent.model_validate({"id": uid("ada"), **fields})


def found(reason: Reason, until: int | None = None) -> Availability:
    return Availability(reason=reason, until=until)


def test_who_is_on_shift_and_there_is_free_until_the_next_edge():
    assert availability(agent(), office(), NOW) == found(Reason.AVAILABLE, NOON)
    assert availability(agent(), office(), NOON + 1_800_000) == found(
        Reason.AVAILABLE, FIVE - LAST_CALL
    )
    assert availability(agent(), office(shifts=[], breaks=[]), NOW) == found(Reason.AVAILABLE)


def test_leave_that_begins_earlier_is_the_next_edge():
    soon = Span(NOW + 60_000, FIVE)
    free = availability(agent(), office(), NOW, leave=[soon])
    assert free == found(Reason.AVAILABLE, NOW + 60_000)


def test_each_reason_and_when_it_ends():
    held = {"r": Held(ticket_id=uid("t"), weight=10, confirmed=True, as_of=1)}
    resting = Break(since=NOW, until=NOW + 9, seq=1)
    assert availability(agent(), office(active=False), NOW) == found(Reason.INACTIVE)
    assert availability(agent(), office(), FIVE) == found(Reason.OFF_SHIFT, TOMORROW)
    assert availability(agent(on_break=resting), office(), NOW) == found(Reason.ON_BREAK, NOW + 9)
    planned = availability(agent(), office(), NOON)
    assert planned == found(Reason.ON_BREAK, NOON + 1_800_000)
    for status in (AgentStatus.AWAY, AgentStatus.BUSY):
        assert availability(agent(status=status), office(), NOW) == found(Reason(status.value))
    missed = agent(missed=MISSED_MOST)
    assert availability(missed, office(), NOW) == found(Reason.NOT_ANSWERING)
    assert availability(agent(missed=MISSED_MOST - 1), office(), NOW).free
    assert availability(agent(), office(), NOW, connected=False) == found(Reason.NOT_CONNECTED)
    assert availability(agent(held=held), office(), NOW) == found(Reason.FULL)


def test_a_phone_in_the_pocket_is_its_own_state():
    def by_phone(who: Agent, user: User, at: int = NOW) -> Availability:
        return availability(who, user, at, connected=False, reachable=True)

    assert by_phone(agent(), office()) == found(Reason.REACHABLE, NOON)
    assert by_phone(agent(), office()).may_be_offered
    assert not by_phone(agent(), office()).free
    # Whatever keeps who is connected from work keeps them too.
    held = {"r": Held(ticket_id=uid("t"), weight=10, confirmed=True, as_of=1)}
    assert by_phone(agent(held=held), office()) == found(Reason.FULL)
    assert by_phone(agent(), office(), NOON).reason is Reason.ON_BREAK
    assert by_phone(agent(), office(), FIVE).reason is Reason.OFF_SHIFT
    assert by_phone(agent(status=AgentStatus.AWAY), office()).reason is Reason.AWAY
    assert by_phone(agent(missed=MISSED_MOST), office()).reason is Reason.NOT_ANSWERING
    assert by_phone(agent(), office(active=False)).reason is Reason.INACTIVE
    # Who is connected is not told apart by their phone.
    both = availability(agent(), office(), NOW, connected=True, reachable=True)
    assert both == found(Reason.AVAILABLE, NOON)


def test_shortly_before_the_end_of_a_shift_nothing_more_is_given():
    ending = availability(agent(), office(), FIVE - LAST_CALL)
    assert ending == found(Reason.SHIFT_ENDING, FIVE)


def test_leaves_that_touch_are_one():
    spans = [Span(NOW + 5, NOW + 9), Span(NOW - 1, NOW + 5)]
    assert availability(agent(), office(), NOW, leave=spans) == found(Reason.ON_LEAVE, NOW + 9)
    assert availability(agent(), office(), NOW + 9, leave=spans).free


def test_a_break_that_ran_out_keeps_nobody_even_where_its_timer_is_late():
    late = agent(on_break=Break(since=0, until=NOW, seq=1))
    assert availability(late, office(), NOW).free


def test_a_heavier_ticket_needs_more_room_and_its_own_weight_counts_once():
    held = {"r": Held(ticket_id=uid("t"), weight=7, confirmed=True, as_of=1)}
    assert availability(agent(held=held), office(), NOW, weight=3).free
    assert not availability(agent(held=held), office(), NOW, weight=4).free
    assert availability(agent(held=held), office(), NOW, weight=7, ticket_id=uid("t")).free


@pytest.mark.parametrize(
    ("hours", "free"),
    [([], False), ([{"start": "10:00", "end": "11:00"}], True)],
)
def test_an_exception_stands_in_the_place_of_the_shift(hours: list[dict[str, str]], free: bool):
    user = office(exceptions=[{"date": "2026-12-02", "hours": hours, "note": "Fair"}])
    assert availability(agent(), user, NOW).free is free
