"""Four hours of the day that `make simulate` plays as a whole, with its judgement."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from server.store.connect import Store
from tests.simulation.day import Day, furnish
from tests.simulation.plan import draw
from tests.simulation.result import Result, result_of
from tests.simulation.ways import WAYS

SEED, TEAMS, PEOPLE, TICKETS = 3, 1, 12, 60
HOURS = (600, 780)
"""Over Madrid's lunch, when there is little room."""


async def played(store: Store, way: str, vanished: Sequence[tuple[int, int]] = ()) -> Result:
    """The hours with a way of giving; every other of the people vanishes at these minutes."""
    day = Day(store, draw(SEED, TEAMS, PEOPLE, TICKETS, HOURS))
    for each in day.plan.people[::2]:
        each.vanished += vanished
    await furnish(day)
    await day.play(WAYS[way](day))
    return result_of(day)


async def test_nobody_is_given_what_they_should_not_be_and_nothing_is_left(store: Store):
    result = await played(store, "Deskwire")

    wrong = (result.unavailable, result.unskilled, result.overfull, result.never)
    assert (*wrong, result.unanswered) == (0, 0, 0, 0, 0)
    assert result.tickets == TICKETS
    assert result.given >= TICKETS


async def test_what_is_unanswered_of_who_vanishes_is_answered_by_others(store: Store):
    result = await played(store, "Deskwire", vanished=[(650, 720)])

    wrong = (result.unavailable, result.unskilled, result.overfull, result.never)
    assert (*wrong, result.unanswered) == (0, 0, 0, 0, 0)
    assert result.requeued > 0


async def test_the_judgement_finds_what_is_wrong(store: Store):
    result = await played(store, "round-robin")

    assert result.unavailable > 0
    assert result.unskilled > 0


@pytest.mark.parametrize("seed", range(20))
def test_a_day_is_the_same_for_the_same_seed(seed: int):
    assert draw(seed, 2, 9, 50) == draw(seed, 2, 9, 50)
