"""The order of those who wait: priority first, and whoever waits long enough before all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.routing.queue import HEAD_START, in_order, is_waiting, place
from domain.routing.state import Offer
from domain.ticket.state import Priority, StaffPart, Status, Ticket
from tests.domain.desk import uid

MINUTE, NOW = 60_000, 10**9


def ticket(number: int = 1, minutes_ago: int = 0, **fields: Any) -> Ticket:
    private = StaffPart(queued_at=NOW - minutes_ago * MINUTE, **fields.pop("private", {}))
    given: dict[str, Any] = {"id": uid(str(number)), "number": number, "team_id": uid("first")}
    given |= fields
    return Ticket(**given, private=private)


def numbers(*tickets: Ticket) -> list[int]:
    return [each.number for each in in_order(tickets)]


def test_the_more_urgent_is_first_and_among_the_same_the_older():
    assert numbers(
        ticket(1, priority=Priority.LOW),
        ticket(2, priority=Priority.URGENT),
        ticket(3, 1, priority=Priority.URGENT),
        ticket(4, priority=Priority.HIGH),
        ticket(5),
    ) == [3, 2, 4, 5, 1]


def test_who_waits_for_long_is_before_the_urgent_that_come_then():
    longest = max(HEAD_START.values()) // MINUTE
    old = ticket(1, longest + 1, priority=Priority.LOW)
    assert numbers(ticket(2, priority=Priority.URGENT), old) == [1, 2]


def test_what_comes_back_stands_where_its_clients_wait_puts_it():
    back = ticket(3, private={"asked_at": NOW - 60 * MINUTE})
    assert numbers(ticket(1, 59), back, ticket(2, 61)) == [2, 3, 1]


def test_what_comes_back_answered_waits_since_then():
    assert numbers(ticket(2, private={"asked_at": None}), ticket(1, 1)) == [1, 2]


@given(st.sampled_from(Priority), st.sampled_from(Priority), st.integers(0, 600))
def test_nothing_that_comes_hours_later_is_put_before_it(one: Any, other: Any, minutes: int):
    waiting = ticket(1, 240 + minutes + 1, priority=one)
    assert place(waiting) < place(ticket(2, minutes, priority=other))


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Status.PENDING},
        {"status": Status.RESOLVED},
        {"owner_id": uid("ada")},
        {"team_id": None},
        {"deleted": True},
        {"approval": "waiting"},
        {"private": {"snoozed_until": NOW}},
        {"private": {"offer": Offer(agent_id=uid("ada"), until=1, reservation="r", seq=1)}},
    ],
)
def test_what_cannot_be_given_now_does_not_wait(fields: dict[str, Any]):
    assert is_waiting(ticket())
    assert not is_waiting(ticket(**fields))
