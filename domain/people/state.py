"""Users, roles, teams and skills, as plain documents."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from domain.access import Permission, Scope
from domain.document import KNOWN_ONLY, Document
from domain.message import Id, Millis, Record
from domain.people.shifts import Exceptions, Shifts, Zone

Name = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
Email = Annotated[
    str,
    StringConstraints(
        max_length=254,
        strip_whitespace=True,
        to_lower=True,
        pattern=r"^[^\s@<>\"]{1,64}@[^\s@<>\"]+\.[^\s@<>\".]{2,}$",
    ),
]
RoleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{1,49}$")]
Capacity = Annotated[int, Field(ge=0, le=10_000)]
"""The load, in priority weights, up to which tickets are given to somebody."""

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
"""A language by its ISO 639 code, such as en or es."""
Languages = Annotated[tuple[Language, ...], Field(max_length=20)]
OfferSeconds = Annotated[int, Field(ge=5, le=3_600)]

ADMIN = "admin"
CLIENT = "client"


_PERMISSIONS = frozenset(permission.value for permission in Permission)


class SkillLevel(Record):
    """How well somebody knows something, from 1 to 5."""

    skill_id: Id
    level: Annotated[int, Field(ge=1, le=5)] = 3


class Routing(StrEnum):
    """How a team's tickets come to their owners: people take them, or the router gives them,
    at once or to whoever accepts."""

    MANUAL = "manual"
    ASSIGN = "assign"
    OFFER = "offer"


class User(Document):
    """Somebody with a log-in. Their contact is who they are when they ask for something; staff
    have teams, skills, capacity and shifts besides, which are on the clock of their zone.

    `exceptions` stand in the place of the shifts of a date; `breaks` come again every week as
    shifts do.
    """

    email: Email
    name: Name
    role: RoleName
    contact_id: Id | None = None
    skills: tuple[SkillLevel, ...] = ()
    capacity: Capacity = 200
    zone: Zone = "UTC"
    shifts: Shifts = ()
    languages: Languages = ()
    exceptions: Exceptions = ()
    breaks: Shifts = ()
    deputy_id: Id | None = None
    """Who is asked for approval in their place while they are away."""
    active: bool = True
    must_change_password: bool = False
    created_at: Millis = 0


class Role(Document):
    """What its holders may, by permission. `name` is how users refer to it."""

    name: RoleName
    title: Name
    staff: bool
    """Whether its holders work here; the others are clients."""
    permissions: dict[Permission, Scope]

    @field_validator("permissions", mode="before")
    @classmethod
    def _known(cls, given: Any, info: ValidationInfo) -> Any:  # noqa: ANN401
        if info.context != KNOWN_ONLY:
            return given
        return {name: scope for name, scope in given.items() if name in _PERMISSIONS}


class Team(Document):
    """`offer_seconds` is how long somebody has to accept what they are offered."""

    name: Name
    member_ids: tuple[Id, ...] = ()
    routing: Routing = Routing.MANUAL
    offer_seconds: OfferSeconds = 45


class Skill(Document):
    name: Name
