"""A small house of people to try the rules on."""

from __future__ import annotations

from uuid import UUID, uuid4

from domain.access import DEFAULT_ROLES, Actor, Permission, Scope
from domain.message import ActorKind
from domain.people.facts import Facts
from domain.people.state import Role, User

NOW = 1_700_000_000_000
MACHINE = Actor(kind=ActorKind.SYSTEM, id="signup")


def new_id() -> str:
    return str(uuid4())


def an_id(number: int) -> str:
    return str(UUID(int=number))


ROLES = {
    name: Role(
        id=an_id(number),
        version=1,
        name=name,
        title=name.title(),
        staff=name != "client",
        permissions=permissions,
    )
    for number, (name, permissions) in enumerate(DEFAULT_ROLES.items(), start=1)
}


def a_user(role: str = "agent", **fields: object) -> User:
    given = {
        "id": new_id(),
        "version": 3,
        "email": "ada@example.org",
        "name": "Ada",
        "role": role,
        "created_at": NOW,
        **fields,
    }
    return User.model_validate(given)


def staff(role: str = "admin", **fields: object) -> Actor:
    """Somebody who works here, with what their role allows."""
    user_id = new_id()
    given = {
        "kind": ActorKind.AGENT,
        "id": user_id,
        "user_id": user_id,
        "role": role,
        "permissions": DEFAULT_ROLES[role],
        **fields,
    }
    return Actor.model_validate(given)


def personnel(**permissions: Scope) -> Actor:
    """Somebody who may look after people, and nothing else but what is given."""
    named = {Permission(name.replace("__", ".")): scope for name, scope in permissions.items()}
    return staff("agent", permissions={Permission.PEOPLE_MANAGE: Scope.ALL} | named)


def facts_of(role: str | None = None, present: str | None = None, **fields: object) -> Facts:
    given = {
        "role": ROLES.get(role or ""),
        "present_role": ROLES.get(present or ""),
        "other_admins": 1,
        **fields,
    }
    return Facts.model_validate(given)
