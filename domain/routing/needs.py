"""What a ticket asks of who gets it: skills, and how well they must be known."""

from __future__ import annotations

from collections.abc import Mapping

from domain.inbox.state import Category
from domain.message import Id
from domain.routing.state import Lack
from domain.ticket.state import Ticket


def needs_of(ticket: Ticket, category: Category | None) -> dict[Id, int]:
    """By skill, the least level: what the ticket asks for and what its category does, whichever
    is more."""
    private = ticket.private
    needs = {each.skill_id: each.level for each in category.skills} if category else {}
    if private is not None:
        for skill_id in private.required_skills:
            asked = private.skill_levels.get(skill_id, 1)
            needs[skill_id] = max(asked, needs.get(skill_id, 1))
    return needs


def lack_of(needs: Mapping[Id, int], levels: Mapping[Id, int]) -> Lack | None:
    """The first that somebody with these levels does not know well enough; None where all is."""
    for skill_id, least in needs.items():
        if (level := levels.get(skill_id, 0)) < least:
            return Lack(skill_id=skill_id, level=level, least=least)
    return None
