"""Equals come to carry the same over a day, by the rule of choice alone."""

from __future__ import annotations

from tests.simulation.plan import draw
from tests.simulation.quick import fairness

SEED, TEAMS, PEOPLE, TICKETS = 7, 6, 40, 2_000
WANTED = 1.15


def test_equals_carry_the_same_over_the_day():
    assert max(fairness(draw(SEED, TEAMS, PEOPLE, TICKETS))) <= WANTED


def test_without_what_was_carried_of_late_chance_has_it_in_quiet_hours():
    assert max(fairness(draw(SEED, TEAMS, PEOPLE, TICKETS), evenly=False)) > WANTED
