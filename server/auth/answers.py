"""What the doors answer about log-ins."""

from __future__ import annotations

from domain.access import Permission, Scope
from domain.message import Id, Millis, Record
from domain.people.state import User
from server.auth.actors import Standing


class Person(Record):
    """Who is here. Who has no log-in has their contact's id, and a guest no address either.

    `contact_id` is the name under which a client acts; staff act under their own id. What they
    did before contacts became one stands under another of their `identities`.
    """

    id: Id
    name: str
    email: str | None
    role: str
    staff: bool
    contact_id: Id | None
    identities: tuple[Id, ...]
    must_change_password: bool
    guest: bool


class Grant(Record):
    """What log-in, sign-up and renewal answer. A guest has no refresh token."""

    access_token: str
    refresh_token: str | None
    user: Person


class TeamName(Record):
    id: Id
    name: str


class Me(Record):
    """Who I am and what I may."""

    user: Person
    teams: tuple[TeamName, ...]
    permissions: dict[Permission, Scope]


class SessionInfo(Record):
    """One of somebody's own sessions."""

    id: Id
    client: str
    address: str
    created_at: Millis
    used_at: Millis
    expires_at: Millis
    current: bool


class UserInfo(Record):
    """A user as admins see them."""

    user: User
    team_ids: tuple[Id, ...]


class UserPage(Record):
    """Some users by id; `next` is the `after` of the next page, null at the end."""

    users: tuple[UserInfo, ...]
    next: Id | None


class UserChanged(Record):
    """A user after a change; the password is said once, to be handed over."""

    user: User
    team_ids: tuple[Id, ...]
    temporary_password: str | None


def person_of(standing: Standing) -> Person:
    """Somebody as they see themselves."""
    user, contact = standing.user, standing.contact
    proven = [each.email for each in contact.addresses if each.verified] if contact else []
    return Person(
        id=user.id if user else standing.actor.id,
        name=user.name if user else contact.name if contact else "",
        email=user.email if user else next(iter(proven), None),
        role=standing.role.name,
        staff=standing.role.staff,
        contact_id=None if standing.role.staff else standing.actor.id,
        identities=tuple(sorted(standing.actor.identities)),
        must_change_password=bool(user and user.must_change_password),
        guest=standing.actor.guest,
    )
