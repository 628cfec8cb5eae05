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
from domain.leave import commands as leave
from domain.leave import decide as leave_rules
from domain.leave import facts as leave_facts
from domain.leave.state import Leave
from domain.message import Millis
from domain.notification import decide as notification_rules
from domain.people import commands as people
from domain.people import decide as people_rules
from domain.people import facts as people_facts
from domain.people import process as people_process
from domain.people.state import Role, Skill, SkillLevel, Team, User
from domain.process import Step
from domain.sla import commands as sla
from domain.sla import decide as sla_rules
from domain.sla import facts as sla_facts
from domain.sla.calendar import Calendar
from domain.sla.policy import Policy
from server.holidays import Place, country_holidays, holidays_of, years_around
from server.store.connect import Store
from server.store.contacts import verified_holder
from server.store.documents import count, fetch, find, ids_among
from server.store.inboxes import (
    needs_of_category,
    needs_of_policies,
    needs_of_team,
    needs_of_tickets,
)
from server.store.people import (
    count_admins,
    default_team_id,
    fetch_role,
    staff_among,
    teams_of,
)
from server.store.stand_ins import deputies_of

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
            named = {"state.skills.skill_id": command.skill_id}
            return people_facts.Facts(
                holders=await count(store, User, named),
                needed_by=tuple(each.name for each in await find(store, Category, named)),
            )
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
        leave_ids=await _leave_ids(store, before, command),
        **await _deputy_facts(store, command),
    )


async def _deputy_facts(store: Store, command: Change) -> dict[str, Any]:
    named = command.deputy_id if isinstance(command, people.UpdateUser) else None
    if named is None:
        return {}
    chain = await deputies_of(store, named)
    return {"staff_ids": await staff_among(store, (named,)), "deputies": chain}


async def _leave_ids(store: Store, before: User | None, command: Change) -> frozenset[str]:
    if before is None or not isinstance(command, people.DeleteUser):
        return frozenset()
    return frozenset(each.id for each in await find(store, Leave, {"state.user_id": before.id}))


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


def _approvers(command: inbox.CreateCategory | inbox.UpdateCategory) -> list[str]:
    return [each for level in command.approval or () for each in level.approver_ids]


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
            skills: tuple[SkillLevel, ...] = ()
        case inbox.CreateCategory() | inbox.UpdateCategory():
            approvers = (*_approvers(command), *(command.member_ids or ()))
            skills = command.skills or ()
        case _:
            return inbox_facts.Facts()
    known = command.team_id is None or await fetch(store, Team, command.team_id) is not None
    return inbox_facts.Facts(
        team_known=known,
        staff_ids=await staff_among(store, approvers),
        skill_ids=await ids_among(store, Skill, (each.skill_id for each in skills)),
    )


async def _load_article_facts(
    store: Store, _before: Document | None, command: Change
) -> knowledge_facts.Facts:
    match command:
        case knowledge.CreateArticle() | knowledge.UpdateArticle() if command.category:
            known = await fetch(store, Category, command.category) is not None
            return knowledge_facts.Facts(category_known=known)
        case _:
            return knowledge_facts.Facts()


async def _load_leave_facts(
    store: Store, _before: Document | None, command: Change
) -> leave_facts.Facts:
    match command:
        case leave.CreateLeave() | leave.FollowCalendar():
            return leave_facts.Facts(works_here=bool(await staff_among(store, (command.user_id,))))
        case _:
            return leave_facts.Facts()


async def _load_sla_facts(
    store: Store, before: Document | None, command: Change
) -> sla_facts.Facts:
    match command:
        case sla.CreateCalendar() | sla.UpdateCalendar():
            return await _load_calendar_facts(store, cast("Calendar | None", before), command)
        case sla.DeleteCalendar():
            needs = await needs_of_policies(store, {"state.calendar_id": command.calendar_id})
            return sla_facts.Facts(needed_by=needs)
        case sla.CreatePolicy() | sla.UpdatePolicy():
            return await load_policy_facts(store, cast("Policy | None", before), command)
        case _:
            return sla_facts.Facts()


async def _load_calendar_facts(
    store: Store,
    before: Calendar | None,
    command: sla.CreateCalendar | sla.UpdateCalendar,
) -> sla_facts.Facts:
    country, subdivision = (
        getattr(command if field in command.model_fields_set else before, field, None)
        for field in ("country", "subdivision")
    )
    if country is None:
        return sla_facts.Facts(country_holidays={})
    years = years_around((await store.time()).year)
    found = await holidays_of(Place(country, subdivision), years)
    return sla_facts.Facts(country_holidays=found)


async def load_policy_facts(
    store: Store, before: Policy | None, command: sla.CreatePolicy | sla.UpdatePolicy
) -> sla_facts.Facts:
    """What a policy names, that which it named before among it."""
    either = [each for each in (command, before) if each is not None]
    rungs = [rung for each in either for rung in each.ladder or ()]
    calendar = await fetch(
        store, Calendar, command.calendar_id or (before.calendar_id if before else None)
    )
    teams = [team for each in either for team in each.team_ids or ()]
    teams += [rung.team_id for rung in rungs if rung.team_id]
    categories = [category for each in either for category in each.category_ids or ()]
    staff = [*(rung.agent_id for rung in rungs), *(who for rung in rungs for who in rung.notify)]
    year = (await store.time()).year
    return sla_facts.Facts(
        calendar=calendar,
        country_holidays=await country_holidays(calendar, year) if calendar else None,
        category_ids=await ids_among(store, Category, categories),
        team_ids=await ids_among(store, Team, teams),
        staff_ids=await staff_among(store, filter(None, staff)),
    )


def _owe_of_contact(
    _before: Document | None, after: Document | None, command: Change, _facts: Facts
) -> list[Step]:
    return contact_process.next_steps(after, command) if isinstance(after, Contact) else []


async def _load_nothing(_store: Store, _before: Document | None, _command: Change) -> Facts:
    return None


def _owe_nothing(*_: object) -> list[Step]:
    return []


_PEOPLE = Rules(_load_people_facts, people_rules.decide, people_process.next_steps)
_SLA = Rules(_load_sla_facts, sla_rules.decide, _owe_nothing)
_INBOX = Rules(_load_inbox_facts, inbox_rules.decide, _owe_nothing)

RULES: dict[str, Rules] = {
    "user": _PEOPLE,
    "role": _PEOPLE,
    "team": _PEOPLE,
    "skill": _PEOPLE,
    "inbox": _INBOX,
    "category": _INBOX,
    "article": Rules(_load_article_facts, knowledge_rules.decide, _owe_nothing),
    "leave": Rules(_load_leave_facts, leave_rules.decide, _owe_nothing),
    "calendar": _SLA,
    "policy": _SLA,
    "contact": Rules(_load_contact_facts, contact_rules.decide, _owe_of_contact),
    "preferences": Rules(_load_nothing, notification_rules.decide, _owe_nothing),
}
