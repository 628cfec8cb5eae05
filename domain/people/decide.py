"""What a command makes of a user, a role, a team or a skill."""

from __future__ import annotations

from typing import TypeVar

from domain.access import Actor, Permission
from domain.document import Change, Document, edited, present, require
from domain.errors import Conflict, Invalid
from domain.message import Id, Millis
from domain.people import users
from domain.people.commands import (
    AddMember,
    CreateRole,
    CreateSkill,
    CreateTeam,
    CreateUser,
    DeleteRole,
    DeleteSkill,
    DeleteTeam,
    DeleteUser,
    RemoveMember,
    UpdateRole,
    UpdateSkill,
    UpdateTeam,
    UpdateUser,
)
from domain.people.facts import Facts
from domain.people.roles import BUILT_IN, check_grant, check_role
from domain.people.state import Role, Skill, Team, User

RoleCommand = CreateRole | UpdateRole | DeleteRole
TeamCommand = CreateTeam | UpdateTeam | AddMember | RemoveMember | DeleteTeam
SkillCommand = CreateSkill | UpdateSkill | DeleteSkill

_Kind = TypeVar("_Kind", bound=Document)


def decide(
    before: Document | None, command: Change, actor: Actor, now: Millis, facts: Facts
) -> Document | None:
    """The document after a command, None where it shall be no more; raises DomainError.

    What comes back equal to `before` changes nothing. A new document has version 0.
    """
    match command:
        case CreateUser():
            return users.decide_create(command, actor, now, facts)
        case UpdateUser():
            return users.decide_update(_of(User, before), command, actor, facts)
        case DeleteUser():
            return users.decide_delete(_of(User, before), command, actor, facts)
        case CreateRole() | UpdateRole() | DeleteRole():
            return _decide_role(_of(Role, before), command, actor, facts)
        case CreateTeam() | UpdateTeam() | AddMember() | RemoveMember() | DeleteTeam():
            return _decide_team(_of(Team, before), command, actor, facts)
        case CreateSkill() | UpdateSkill() | DeleteSkill():
            return _decide_skill(_of(Skill, before), command, actor, facts)
        case _:
            raise TypeError(f"{command.type} is not about people")


def _decide_role(
    before: Role | None, command: RoleCommand, actor: Actor, facts: Facts
) -> Role | None:
    require(actor, Permission.PEOPLE_MANAGE)
    if isinstance(command, CreateRole):
        after = Role(
            id=command.document_id(actor.id),
            name=command.name,
            title=command.title,
            staff=command.staff,
            permissions=command.permissions,
        )
    else:
        role = present(before, command)
        check_grant(actor, role.permissions)
        if isinstance(command, DeleteRole):
            return _delete_role(role, facts)
        after = edited(role, command, ("title", "permissions"))
    check_grant(actor, after.permissions)
    check_role(after)
    return after


def _delete_role(role: Role, facts: Facts) -> None:
    if role.name in BUILT_IN:
        raise Conflict("The four roles that everything starts with cannot be deleted.")
    if facts.holders:
        raise Conflict(
            f"The role is in use: {facts.holders} have it. Give them another one first.",
            fields={"holders": facts.holders},
        )


def _decide_team(
    before: Team | None, command: TeamCommand, actor: Actor, facts: Facts
) -> Team | None:
    require(actor, Permission.PEOPLE_MANAGE)
    if isinstance(command, CreateTeam):
        members = _members(command.member_ids, facts)
        return Team(
            id=command.document_id(actor.id),
            name=command.name,
            member_ids=members,
            routing=command.routing,
            offer_seconds=command.offer_seconds,
        )
    team = present(before, command)
    match command:
        case UpdateTeam():
            after = edited(team, command, ("name", "member_ids", "routing", "offer_seconds"))
            if command.member_ids is None:
                return after
            return after.model_copy(update={"member_ids": _members(command.member_ids, facts)})
        case AddMember():
            if command.user_id in team.member_ids:
                return team
            added = _members((command.user_id,), facts)
            return team.model_copy(update={"member_ids": (*team.member_ids, *added)})
        case RemoveMember():
            left = tuple(member for member in team.member_ids if member != command.user_id)
            return team.model_copy(update={"member_ids": left})
        case DeleteTeam():
            if facts.needed_by:
                raise Conflict(
                    f"The team is needed by {', '.join(facts.needed_by)}.",
                    fields={"needed_by": list(facts.needed_by)},
                )
            return None


def _members(named: tuple[Id, ...], facts: Facts) -> tuple[Id, ...]:
    if strangers := [member for member in named if member not in facts.staff_ids]:
        raise Invalid(
            "Only people who work here can be in a team.",
            fields={"member_ids": ", ".join(strangers)},
        )
    return tuple(dict.fromkeys(named))


def _decide_skill(
    before: Skill | None, command: SkillCommand, actor: Actor, facts: Facts
) -> Skill | None:
    require(actor, Permission.SETTINGS_MANAGE)
    if isinstance(command, CreateSkill):
        return Skill(id=command.document_id(actor.id), name=command.name)
    skill = present(before, command)
    if isinstance(command, UpdateSkill):
        return edited(skill, command, ("name",))
    if facts.holders:
        raise Conflict(
            f"The skill is in use: {facts.holders} have it.", fields={"holders": facts.holders}
        )
    if facts.needed_by:
        raise Conflict(
            f"The skill is needed by {', '.join(facts.needed_by)}.",
            fields={"needed_by": list(facts.needed_by)},
        )
    return None


def _of(kind: type[_Kind], before: Document | None) -> _Kind | None:
    if before is not None and not isinstance(before, kind):
        raise TypeError(f"{type(before).__name__} is not a {kind.__name__}")
    return before
