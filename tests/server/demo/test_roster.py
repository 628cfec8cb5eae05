"""Which simulated agent comes next: by their shifts, and for the team that has fewest there; and
which customer: whoever was away for longest."""

from __future__ import annotations

import random

from server.demo.content import load_company
from server.demo.people import LOG_INS
from server.demo.places import regulars
from server.demo.roster import LEAST, next_agent, next_customer
from server.demo.shapes import Agent

AGENTS = [each for each in load_company().agents if each.key not in LOG_INS]
EVERYBODY = {each.key for each in AGENTS}
CHANCES = [random.Random(seed) for seed in range(50)]


def agents_of(team: str) -> set[str]:
    return {each.key for each in AGENTS if team in each.teams}


def come(here: set[str], on_shift: set[str]) -> list[Agent | None]:
    """Who may come, by several chances."""
    return [next_agent(AGENTS, here=here, on_shift=on_shift, chance=each) for each in CHANCES]


def keys_of(agents: list[Agent | None]) -> set[str]:
    return {each.key for each in agents if each}


def test_somebody_comes_who_is_on_shift_and_not_there():
    assert keys_of(come({"hanna"}, {"hanna", "bram", "yara"})) == {"bram", "yara"}


def test_it_is_for_the_team_that_fewest_are_there_of():
    here = agents_of("technical") - {"bram"}
    assert not keys_of(come(here, EVERYBODY)) & agents_of("technical")


def test_where_few_are_on_shift_others_stand_in_until_there_are_enough():
    stand_in = keys_of(come({"emeka"}, {"emeka"}))
    assert stand_in
    assert not stand_in & agents_of("technical")
    assert come({"emeka", "yara", "hanna"}, {"emeka"}) == [None] * len(CHANCES)
    assert LEAST == 3


def test_at_any_hour_there_are_enough_of_them():
    here: set[str] = set()
    for chance in CHANCES:
        while agent := next_agent(AGENTS, here=here, on_shift=set(), chance=chance):
            here.add(agent.key)
        assert len(here) == LEAST
        here.pop()


def test_no_customer_comes_again_before_all_others_of_their_language_came():
    customers = regulars(load_company())
    english = {each.key for each in customers if each.language == "en"}
    for chance in CHANCES:
        left: dict[str, float] = {}
        for now in range(3 * len(english)):
            come = next_customer(customers, language="en", here=(), left=left, chance=chance)
            assert come is not None
            left[come.key] = now + 1.0
        assert left.keys() == english
        assert max(left.values()) - min(left.values()) == len(english) - 1


def test_who_is_here_does_not_come():
    customers = regulars(load_company())
    spanish = [each.key for each in customers if each.language == "es"]
    for chance in CHANCES:
        come = next_customer(customers, language="es", here=spanish[1:], left={}, chance=chance)
        assert come is not None
        assert come.key == spanish[0]
        asked = {"language": "es", "here": spanish, "left": {}, "chance": chance}
        assert next_customer(customers, **asked) is None
