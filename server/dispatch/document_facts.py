"""Which rules a plain document is under, and fetching what they must know."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, cast

from domain.access import Actor
from domain.contact import decide as contact_rules
from domain.contact import facts as contact_facts
from domain.contact import process as contact_process
from domain.contact.commands import IdentifyContact, MergeContact
from domain.contact.state import Contact
from domain.document import Change, Document
from domain.inbox import commands as inbox
from domain.inbox import decide as inbox_rules
from domain.inbox import facts as inbox_facts
from domain.inbox.state import Category
from domain.knowledge import commands as knowledge
from domain.knowledge import decide as knowledge_rules
from domain.knowledge import facts as knowledge_facts
from domain.message import Millis
from domain.people import commands as people
from domain.people import decide as people_rules
from domain.people import facts as people_facts
from domain.people import process as people_process
from domain.people.state import Role, Skill, Team, User
from domain.process import Step
from server.store.connect import Store
from server.store.contacts import verified_holder
from server.store.documents import count, fetch, ids_among
from server.store.inboxes import needs_of_category, needs_of_team, needs_of_tickets
from server.store.people import (
    count_admins,
    default_team_id,
    fetch_role,
    staff_among,
    teams_of,
)

Facts = Any  # Each aggregate has a class of its own; rules get what their loader made.


class Rules(NamedTuple):
    """One aggregate's loader of facts, its `decide`, and what its commits owe."""

    load_facts: Callable[[Store, Document | None, Change], Awaitable[Facts]]
    decide: Callable[[Document | None, Change, Actor, Millis, Facts], Document | None]
    next_steps: Callable[[Document | None, Document | None, Change, Facts], list[Step]]


async def _load_people_facts(
    store: Store, before: Document | None, command: Change
) -> people_facts.Facts:
    match command:
        case people.CreateUser() | people.UpdateUser() | people.DeleteUser():
            return await _load_user_facts(store, cast("User | None", before), command)
        case people.DeleteRole() if isinstance(before, Role):
            holders = await count(store, User, {"state.role": before.name})
            return people_facts.Facts(holders=holders)
        case people.DeleteSkill():
            holders = await count(store, User, {"state.skills.skill_id": command.skill_id})
            return people_facts.Facts(holders=holders)
        case people.CreateTeam() | people.UpdateTeam():
            return people_facts.Facts(staff_ids=await staff_among(store, command.member_ids or ()))
        case people.AddMember():
            return people_facts.Facts(staff_ids=await staff_among(store, (command.user_id,)))
        case people.DeleteTeam():
            return people_facts.Facts(needed_by=await needs_of_team(store, command.team_id))
        case _:
            return people_facts.Facts()


async def _load_user_facts(
    store: Store,
    before: User | None,
    command: people.CreateUser | people.UpdateUser | people.DeleteUser,
) -> people_facts.Facts:
    present = before.role if before else None
    wanted = None if isinstance(command, people.DeleteUser) else command.role
    role_name = wanted or present
    skills = () if isinstance(command, people.DeleteUser) else command.skills or ()
    teams = () if isinstance(command, people.DeleteUser) else command.team_ids or ()
    member_of = (await teams_of(store, (before.id,)))[before.id] if before else []
    return people_facts.Facts(
        present_role=await fetch_role(store, present) if present else None,
        role=await fetch_role(store, role_name) if role_name else None,
        other_admins=await count_admins(store, besides=before.id if before else None),
        skill_ids=await ids_among(store, Skill, (level.skill_id for level in skills)),
        team_ids=await ids_among(store, Team, teams),
        member_of=frozenset(team.id for team in member_of),
        default_team_id=await default_team_id(store),
    )


async def _load_contact_facts(
    store: Store, _before: Document | None, command: Change
) -> contact_facts.Facts:
    match command:
        case MergeContact():
            return contact_facts.Facts(into=await fetch(store, Contact, command.into_id))
        case IdentifyContact():
            holder = await verified_holder(store, command.email)
            return contact_facts.Facts(holder_id=holder.id if holder else None)
        case _:
            return contact_facts.Facts()


async def _load_inbox_facts(
    store: Store, _before: Document | None, command: Change
) -> inbox_facts.Facts:
    match command:
        case inbox.DeleteInbox():
            needs = await needs_of_tickets(store, "inbox_id", command.inbox_id)
            return inbox_facts.Facts(needed_by=needs)
        case inbox.DeleteCategory():
            needs = await needs_of_category(store, command.category_id)
            return inbox_facts.Facts(needed_by=needs)
        case inbox.CreateInbox() | inbox.UpdateInbox():
            approvers: tuple[str, ...] = ()
        case inbox.CreateCategory() | inbox.UpdateCategory():
            approvers = command.approver_ids or ()
        case _:
            return inbox_facts.Facts()
    known = command.team_id is None or await fetch(store, Team, command.team_id) is not None
    return inbox_facts.Facts(team_known=known, staff_ids=await staff_among(store, approvers))


async def _load_article_facts(
    store: Store, _before: Document | None, command: Change
) -> knowledge_facts.Facts:
    match command:
        case knowledge.CreateArticle() | knowledge.UpdateArticle() if command.category:
            known = await fetch(store, Category, command.category) is not None
            return knowledge_facts.Facts(category_known=known)
        case _:
            return knowledge_facts.Facts()


def _owe_of_contact(
    _before: Document | None, after: Document | None, command: Change, _facts: Facts
) -> list[Step]:
    return contact_process.next_steps(after, command) if isinstance(after, Contact) else []


def _owe_nothing(*_: object) -> list[Step]:
    return []


_PEOPLE = Rules(_load_people_facts, people_rules.decide, people_process.next_steps)
_INBOX = Rules(_load_inbox_facts, inbox_rules.decide, _owe_nothing)

RULES: dict[str, Rules] = {
    "user": _PEOPLE,
    "role": _PEOPLE,
    "team": _PEOPLE,
    "skill": _PEOPLE,
    "inbox": _INBOX,
    "category": _INBOX,
    "article": Rules(_load_article_facts, knowledge_rules.decide, _owe_nothing),
    "contact": Rules(_load_contact_facts, contact_rules.decide, _owe_of_contact),
}
