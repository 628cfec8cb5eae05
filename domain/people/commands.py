"""What can be asked of users, roles, teams and skills."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.access import Permission, Scope
from domain.document import Creation, Edit
from domain.message import Id
from domain.people.shifts import Exceptions, Shifts, Zone
from domain.people.state import (
    CLIENT,
    Capacity,
    Email,
    Languages,
    Name,
    OfferSeconds,
    RoleName,
    Routing,
    SkillLevel,
)

Skills = Annotated[tuple[SkillLevel, ...], Field(max_length=100)]
TeamIds = Annotated[tuple[Id, ...], Field(max_length=50)]
Permissions = dict[Permission, Scope]


class CreateUser(Creation):
    """Give somebody a log-in; their password is set beside it and never part of a command.

    Staff who are given no team join the default inbox's; a client gets a contact.
    """

    type: Literal["user.create"] = "user.create"
    kind: ClassVar[str] = "user"
    email: Email
    name: Name
    role: RoleName = CLIENT
    skills: Skills = ()
    capacity: Capacity = 200
    zone: Zone = "UTC"
    shifts: Shifts = ()
    languages: Languages = ()
    exceptions: Exceptions = ()
    breaks: Shifts = ()
    team_ids: TeamIds = ()
    must_change_password: bool = True

    @property
    def exclusive(self) -> bool:
        """A client who signs up waits for nobody."""
        return bool(self.role != CLIENT or self.skills or self.team_ids)


class UpdateUser(Edit):
    """`team_ids` are all teams the user shall be in afterwards."""

    type: Literal["user.update"] = "user.update"
    kind: ClassVar[str] = "user"
    user_id: Id
    email: Email | None = None
    name: Name | None = None
    role: RoleName | None = None
    skills: Skills | None = None
    capacity: Capacity | None = None
    zone: Zone | None = None
    shifts: Shifts | None = None
    languages: Languages | None = None
    exceptions: Exceptions | None = None
    breaks: Shifts | None = None
    deputy_id: Id | None = None
    active: bool | None = None
    team_ids: TeamIds | None = None
    must_change_password: bool | None = None


class DeleteUser(Edit):
    """Erase somebody: nothing of the person stays but the id that their acts stand under."""

    type: Literal["user.delete"] = "user.delete"
    kind: ClassVar[str] = "user"
    user_id: Id


class CreateRole(Creation):
    type: Literal["role.create"] = "role.create"
    kind: ClassVar[str] = "role"
    name: RoleName
    title: Name
    staff: bool
    permissions: Permissions


class UpdateRole(Edit):
    """Users refer to a role by its name, so that stays."""

    type: Literal["role.update"] = "role.update"
    kind: ClassVar[str] = "role"
    role_id: Id
    title: Name | None = None
    permissions: Permissions | None = None


class DeleteRole(Edit):
    type: Literal["role.delete"] = "role.delete"
    kind: ClassVar[str] = "role"
    role_id: Id


class CreateTeam(Creation):
    type: Literal["team.create"] = "team.create"
    kind: ClassVar[str] = "team"
    name: Name
    member_ids: Annotated[tuple[Id, ...], Field(max_length=2_000)] = ()
    routing: Routing = Routing.MANUAL
    offer_seconds: OfferSeconds = 45


class UpdateTeam(Edit):
    type: Literal["team.update"] = "team.update"
    kind: ClassVar[str] = "team"
    team_id: Id
    name: Name | None = None
    member_ids: Annotated[tuple[Id, ...], Field(max_length=2_000)] | None = None
    routing: Routing | None = None
    offer_seconds: OfferSeconds | None = None


class AddMember(Edit):
    """Put somebody into a team, whoever else is put in or taken out meanwhile."""

    type: Literal["team.add_member"] = "team.add_member"
    kind: ClassVar[str] = "team"
    team_id: Id
    user_id: Id


class RemoveMember(Edit):
    type: Literal["team.remove_member"] = "team.remove_member"
    kind: ClassVar[str] = "team"
    team_id: Id
    user_id: Id


class DeleteTeam(Edit):
    type: Literal["team.delete"] = "team.delete"
    kind: ClassVar[str] = "team"
    team_id: Id


class CreateSkill(Creation):
    type: Literal["skill.create"] = "skill.create"
    kind: ClassVar[str] = "skill"
    name: Name


class UpdateSkill(Edit):
    type: Literal["skill.update"] = "skill.update"
    kind: ClassVar[str] = "skill"
    skill_id: Id
    name: Name | None = None


class DeleteSkill(Edit):
    type: Literal["skill.delete"] = "skill.delete"
    kind: ClassVar[str] = "skill"
    skill_id: Id
