"""What a ticket and its category ask of who gets it."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import Invalid
from domain.inbox.state import Category
from domain.people.state import SkillLevel
from domain.routing.needs import needs_of
from domain.ticket.events import SkillsChanged
from domain.ticket.state import Ticket
from tests.domain.desk import Desk, uid
from tests.domain.test_update import update

GERMAN, WIRING = uid("german"), uid("wiring")


def asking(*needs: tuple[str, int]) -> Category:
    skills = tuple(SkillLevel(skill_id=skill, level=level) for skill, level in needs)
    return Category(id=uid("c"), name="Cables", skills=skills)


def changed(desk: Desk, ticket: Ticket, **fields: Any) -> list[Any]:
    return list(desk.do(update(desk, ticket, **fields), desk.ada))


def test_of_what_both_ask_for_the_higher_level_counts():
    desk = Desk()
    ticket = desk.open()
    changed(desk, ticket, required_skills=(GERMAN,), skill_levels={GERMAN: 2})
    ticket = desk.now_of(ticket)

    assert needs_of(ticket, None) == {GERMAN: 2}
    assert needs_of(ticket, asking((GERMAN, 4), (WIRING, 1))) == {GERMAN: 4, WIRING: 1}
    assert needs_of(ticket, asking((GERMAN, 1))) == {GERMAN: 2}


def test_a_skill_that_stays_keeps_its_level_and_one_that_goes_takes_it_along():
    desk = Desk()
    ticket = desk.open()
    first = changed(desk, ticket, required_skills=(GERMAN,), skill_levels={GERMAN: 3})
    again = changed(desk, ticket, required_skills=(GERMAN,))
    gone = changed(desk, ticket, required_skills=())

    assert first == [SkillsChanged(before=(), required_skills=(GERMAN,), skill_levels={GERMAN: 3})]
    assert again == []
    assert gone == [SkillsChanged(before=(GERMAN,), required_skills=(), skill_levels={})]


def test_a_level_of_what_is_not_required_is_refused():
    desk = Desk()
    with pytest.raises(Invalid, match="required"):
        changed(desk, desk.open(), skill_levels={GERMAN: 3})


def test_the_lowest_level_is_any():
    desk = Desk()
    ticket = desk.open()
    changed(desk, ticket, required_skills=(GERMAN,))
    assert changed(desk, ticket, skill_levels={GERMAN: 1}) == []
