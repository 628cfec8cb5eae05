"""The rules of users: who may make, change and erase whom."""

from __future__ import annotations

from domain.access import Actor, Permission, Scope
from domain.document import edited, present, require
from domain.errors import Conflict, Flaw, Invalid
from domain.message import Id, Millis, derived_id
from domain.people.commands import CreateUser, DeleteUser, UpdateUser
from domain.people.facts import Facts
from domain.people.roles import check_grant
from domain.people.shifts import Shifts, check_exceptions, check_shifts
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
    "languages",
    "exceptions",
    "breaks",
    "deputy_id",
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
    _check_hours(command, role)
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
        languages=command.languages,
        exceptions=command.exceptions,
        breaks=command.breaks,
        must_change_password=command.must_change_password,
        created_at=now,
    )


def decide_update(before: User | None, command: UpdateUser, actor: Actor, facts: Facts) -> User:
    """Change what is named, of somebody who has no more than the actor; who plans others' work
    changes the exceptions of anybody's shifts."""
    only_plans = _only_plans(command, actor)
    if not only_plans:
        require(actor, Permission.PEOPLE_MANAGE)
    user = present(before, command)
    role = _known_role(facts)
    if not only_plans:
        if facts.present_role:
            check_grant(actor, facts.present_role.permissions)
        check_grant(actor, role.permissions)
    if command.skills is not None:
        _check_skills(command.skills, facts)
    _check_teams(command.team_ids or (), role, facts)
    _check_hours(command, role)
    _check_deputy(user, command, facts)
    after = edited(user, command, _EDITABLE, empties=("deputy_id",))
    _keep_an_admin(user, after, actor, facts)
    return after


def _only_plans(command: UpdateUser, actor: Actor) -> bool:
    """Whether this is about exceptions alone, and of somebody who plans others' work."""
    named = command.model_fields_set - {"type", "command_id", "user_id", "version"}
    return named == {"exceptions"} and actor.permissions.get(Permission.AGENT_MANAGE) is Scope.ALL


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
        raise Invalid("There is no such role.", fields={"role": Flaw.UNKNOWN})
    return facts.role


def _check_skills(skills: tuple[SkillLevel, ...], facts: Facts) -> None:
    named = [level.skill_id for level in skills]
    if len(set(named)) < len(named):
        raise Invalid("A skill is named twice.", fields={"skills": Flaw.TWICE})
    if not facts.skill_ids.issuperset(named):
        raise Invalid("There is no such skill.", fields={"skills": Flaw.UNKNOWN})


def _check_teams(team_ids: tuple[Id, ...], role: Role, facts: Facts) -> None:
    if team_ids and not role.staff:
        raise Invalid(
            "Only people who work here are in teams.", fields={"team_ids": Flaw.NOT_STAFF}
        )
    if not facts.team_ids.issuperset(team_ids):
        raise Invalid("There is no such team.", fields={"team_ids": Flaw.UNKNOWN})


def _check_hours(command: CreateUser | UpdateUser, role: Role) -> None:
    for name in ("shifts", "exceptions", "breaks", "languages"):
        if getattr(command, name) and not role.staff:
            raise Invalid(f"Only people who work here have {name}.", fields={name: Flaw.NOT_STAFF})
    check_shifts(command.shifts or ())
    check_exceptions(command.exceptions or ())
    _check_breaks(command.breaks or ())


def _check_breaks(breaks: Shifts) -> None:
    try:
        check_shifts(breaks)
    except Invalid as refusal:
        named = {"breaks": Flaw.OVERLAP}
        raise Invalid(refusal.message.replace("shifts", "breaks"), fields=named) from None


def _check_deputy(user: User, command: UpdateUser, facts: Facts) -> None:
    if command.deputy_id is None or command.deputy_id == user.deputy_id:
        return
    if command.deputy_id not in facts.staff_ids:
        raise Invalid(
            "Only somebody who works here can be a deputy.", fields={"deputy_id": Flaw.NOT_STAFF}
        )
    if user.id in facts.deputies:
        raise Conflict(
            "That would be a circle: this deputy's own deputies lead back here.",
            fields={"deputy_id": Flaw.CIRCLE},
        )


def _keep_an_admin(before: User, after: User, actor: Actor, facts: Facts) -> None:
    if not is_admin(before) or is_admin(after):
        return
    if actor.user_id == before.id:
        raise Conflict("You cannot take your own admin role away; another admin can.")
    if not facts.other_admins:
        raise Conflict("This is the last active admin: make another one first.")
