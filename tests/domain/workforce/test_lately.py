"""What somebody carried of late: an average of their time at work."""

from __future__ import annotations

import pytest

from domain.message import Meta
from domain.ticket.facts import Facts
from domain.workforce.commands import EndBreak, Release, Reserve, StartBreak
from domain.workforce.decide import decide
from domain.workforce.evolve import fold
from domain.workforce.lately import LATELY, carried, lately, worked_since
from domain.workforce.state import Agent, Break, Lately
from tests.domain.desk import uid
from tests.domain.people.test_shifts import at
from tests.domain.workforce.test_availability import NOON, NOW, agent, office

MINUTE = 60_000
HOUR = 60 * MINUTE


def reserve(weight: int) -> Reserve:
    return Reserve(
        command_id="r",
        agent_id=uid("ada"),
        ticket_id=uid("t"),
        reservation="r",
        weight=weight,
        as_of=1,
    )


def release() -> Release:
    return Release(command_id="l", agent_id=uid("ada"), ticket_id=uid("t"), reservation="r")


def done(before: Agent, command: Reserve | Release | StartBreak | EndBreak, now: int) -> Agent:
    events = decide(before, command, now, Facts(agent=office()))
    meta = Meta(seq=before.seq + 1, at=now, actor={"kind": "system", "id": "x"}, command_id="c")
    return fold(before, events, meta)


def test_an_average_is_by_time():
    assert carried(Lately(), 4, HOUR) == Lately(load=4, worked=HOUR)
    assert carried(Lately(load=4, worked=HOUR), 0, 3 * HOUR) == Lately(load=1, worked=4 * HOUR)


def test_what_is_long_ago_fades():
    before = Lately(load=8, worked=LATELY)
    assert carried(before, 0, LATELY) == Lately(load=4, worked=LATELY)


def test_no_time_changes_nothing():
    assert carried(Lately(load=3, worked=5), 9, 0) == Lately(load=3, worked=5)


@pytest.mark.parametrize(
    ("since", "until", "minutes"),
    [
        ("2026-12-02T10:00", "2026-12-02T11:00", 60),
        ("2026-12-02T11:30", "2026-12-02T13:00", 60),  # Lunch is half an hour of it.
        ("2026-12-02T16:30", "2026-12-03T09:10", 10),  # The last eight hours only.
        ("2026-12-02T18:00", "2026-12-02T19:00", 0),
    ],
)
def test_time_at_work_is_within_shifts_and_outside_breaks(since: str, until: str, minutes: int):
    assert worked_since(agent(at=at(since)), office(), at(until)) == minutes * MINUTE


def test_who_has_no_set_hours_is_always_at_work():
    assert worked_since(agent(at=NOW), office(shifts=[], breaks=[]), NOW + HOUR) == HOUR


def test_nothing_is_known_of_who_was_given_nothing_yet():
    assert worked_since(agent(), office(), NOW) == 0


def test_a_break_does_not_count_and_what_follows_it_does():
    resting = Break(since=NOW, until=NOW + 15 * MINUTE, seq=1)
    assert worked_since(agent(at=NOW, on_break=resting), office(), NOW + 10 * MINUTE) == 0
    assert worked_since(agent(at=NOW, on_break=resting), office(), NOW + HOUR) == 45 * MINUTE


def test_the_stream_keeps_it_and_it_is_told_up_to_now():
    given = done(agent(), reserve(4), NOW)
    resting = done(given, StartBreak(command_id="b", agent_id=uid("ada"), minutes=30), NOW + HOUR)
    back = done(resting, EndBreak(command_id="e", agent_id=uid("ada")), NOW + HOUR + 10 * MINUTE)
    rid = done(back, release(), NOON)

    assert given.lately == Lately()
    assert back.lately == Lately(load=4, worked=HOUR)
    assert rid.lately == Lately(load=4, worked=NOON - NOW - 10 * MINUTE)
    assert lately(rid, office(), NOON + 30 * MINUTE + 110 * MINUTE).load == 2
