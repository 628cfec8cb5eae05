"""The rules of users: who may make, change and erase whom."""

from __future__ import annotations

from domain.access import Actor, Permission
from domain.document import edited, present, require
from domain.errors import Conflict, Invalid
from domain.message import Id, Millis, derived_id
from domain.people.commands import CreateUser, DeleteUser, UpdateUser
from domain.people.facts import Facts
from domain.people.roles import check_grant
from domain.people.shifts import Shifts, check_shifts
from domain.people.state import ADMIN, Role, SkillLevel, User

SETUP = "setup"
"""The machine as it makes the first admin, who must be the only one."""

ERASED_DOMAIN = "erased.invalid"
"""Where nobody has an address but who was erased."""

_EDITABLE = (
    "email",
    "name",
    "role",
    "skills",
    "capacity",
    "zone",
    "shifts",
    "active",
    "must_change_password",
)


def decide_create(command: CreateUser, actor: Actor, now: Millis, facts: Facts) -> User:
    """Make a user; the contact that they are as a requester has an id that follows from theirs."""
    require(actor, Permission.PEOPLE_MANAGE)
    if actor.is_machine and actor.id == SETUP and facts.other_admins:
        raise Conflict("There is an admin already; ask them for an account.")
    role = _known_role(facts)
    check_grant(actor, role.permissions)
    _check_skills(command.skills, facts)
    _check_teams(command.team_ids, role, facts)
    _check_shifts(command.shifts, role)
    user_id = command.document_id(actor.id)
    return User(
        id=user_id,
        email=command.email,
        name=command.name,
        role=role.name,
        contact_id=contact_of(user_id),
        skills=command.skills,
        capacity=command.capacity,
        zone=command.zone,
        shifts=command.shifts,
        must_change_password=command.must_change_password,
        created_at=now,
    )


def decide_update(before: User | None, command: UpdateUser, actor: Actor, facts: Facts) -> User:
    """Change what is named, of somebody who has no more than the actor."""
    require(actor, Permission.PEOPLE_MANAGE)
    user = present(before, command)
    role = _known_role(facts)
    if facts.present_role:
        check_grant(actor, facts.present_role.permissions)
    check_grant(actor, role.permissions)
    if command.skills is not None:
        _check_skills(command.skills, facts)
    _check_teams(command.team_ids or (), role, facts)
    _check_shifts(command.shifts or (), role)
    after = edited(user, command, _EDITABLE)
    _keep_an_admin(user, after, actor, facts)
    return after


def decide_delete(before: User | None, command: DeleteUser, actor: Actor, facts: Facts) -> User:
    """Leave nothing of somebody but an id, and a log-in that lets nobody in."""
    require(actor, Permission.PEOPLE_MANAGE)
    user = present(before, command)
    if facts.present_role:
        check_grant(actor, facts.present_role.permissions)
    after = User(
        id=user.id,
        version=user.version,
        email=_erased_address(user.id),
        name="Erased",
        role=user.role,
        contact_id=user.contact_id,
        active=False,
        created_at=user.created_at,
    )
    _keep_an_admin(user, after, actor, facts)
    return after


def contact_of(user_id: Id) -> Id:
    """The id of the contact that a log-in begins with."""
    return derived_id(user_id, "", "contact")


def is_admin(user: User) -> bool:
    """Whether somebody can look after everybody now."""
    return user.role == ADMIN and user.active


def is_erased(user: User) -> bool:
    """Whether nothing is left of somebody but their id."""
    return not user.active and user.email == _erased_address(user.id)


def _erased_address(user_id: Id) -> str:
    return f"{user_id}@{ERASED_DOMAIN}"


def _known_role(facts: Facts) -> Role:
    if facts.role is None:
        raise Invalid("There is no such role.", fields={"role": "not a role"})
    return facts.role


def _check_skills(skills: tuple[SkillLevel, ...], facts: Facts) -> None:
    named = [level.skill_id for level in skills]
    if len(set(named)) < len(named):
        raise Invalid("A skill is named twice.", fields={"skills": "named twice"})
    if unknown := [skill for skill in named if skill not in facts.skill_ids]:
        raise Invalid("There is no such skill.", fields={"skills": ", ".join(unknown)})


def _check_teams(team_ids: tuple[Id, ...], role: Role, facts: Facts) -> None:
    if team_ids and not role.staff:
        raise Invalid("Only people who work here are in teams.", fields={"team_ids": "not staff"})
    if unknown := [team for team in team_ids if team not in facts.team_ids]:
        raise Invalid("There is no such team.", fields={"team_ids": ", ".join(unknown)})


def _check_shifts(shifts: Shifts, role: Role) -> None:
    if shifts and not role.staff:
        raise Invalid("Only people who work here have shifts.", fields={"shifts": "not staff"})
    check_shifts(shifts)


def _keep_an_admin(before: User, after: User, actor: Actor, facts: Facts) -> None:
    if not is_admin(before) or is_admin(after):
        return
    if actor.user_id == before.id:
        raise Conflict("You cannot take your own admin role away; another admin can.")
    if not facts.other_admins:
        raise Conflict("This is the last active admin: make another one first.")
