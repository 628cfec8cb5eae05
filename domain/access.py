"""Who may do what: named permissions with scopes, in one table for every door."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from domain.message import ActorKind, ActorRef, Audience, Id, Record


class Permission(StrEnum):
    """What can be allowed. The part before the dot is what it is about."""

    TICKET_READ = "ticket.read"
    TICKET_OPEN = "ticket.open"
    TICKET_OPEN_FOR_OTHERS = "ticket.open_for_others"
    TICKET_REPLY = "ticket.reply"
    TICKET_NOTE = "ticket.note"
    TICKET_ASSIGN = "ticket.assign"
    TICKET_SET_STATUS = "ticket.set_status"
    TICKET_UPDATE = "ticket.update"
    TICKET_DELETE = "ticket.delete"
    MESSAGE_REDACT = "message.redact"
    AGENT_READ = "agent.read"
    CONTACT_READ = "contact.read"
    CONTACT_MANAGE = "contact.manage"
    WALLBOARD_VIEW = "wallboard.view"
    CATALOG_READ = "catalog.read"
    PEOPLE_READ = "people.read"
    PEOPLE_MANAGE = "people.manage"
    SETTINGS_MANAGE = "settings.manage"


class Scope(StrEnum):
    """How far a permission reaches; each includes those before it."""

    OWN = "own"
    COMPANY = "company"
    TEAM = "team"
    ALL = "all"


class Actor(Record):
    """Somebody who acts, with what they may already resolved from their role and teams.

    `id` is the user id for staff, the contact id for clients and guests, a word for the machine.
    `identities` are all ids this person's earlier commands may stand under, `id` among them.
    """

    kind: ActorKind
    id: str
    user_id: Id | None = None
    contact_ids: tuple[Id, ...] = ()
    company_id: Id | None = None
    team_ids: frozenset[Id] = frozenset()
    role: str = ""
    permissions: Mapping[Permission, Scope] = {}
    guest: bool = False

    @property
    def ref(self) -> ActorRef:
        """This actor as the log names it."""
        return ActorRef(kind=self.kind, id=self.id)

    @property
    def identities(self) -> frozenset[str]:
        return frozenset((self.id, *self.contact_ids))

    @property
    def is_machine(self) -> bool:
        return self.kind in (ActorKind.SYSTEM, ActorKind.ASSISTANT)

    @property
    def audience(self) -> Audience:
        """Which face of a ticket this actor looks at."""
        return Audience.PUBLIC if self.kind is ActorKind.CLIENT else Audience.STAFF


class Belonging(NamedTuple):
    """To whom a ticket belongs: all that a scope is judged by."""

    requester_id: Id | None
    company_id: Id | None
    team_id: Id | None
    owner_id: Id | None


def allows(actor: Actor, permission: Permission, belonging: Belonging | None = None) -> bool:
    """Whether an actor may do something, to a ticket where `belonging` says whose it is."""
    if actor.is_machine:
        return True
    scope = actor.permissions.get(permission)
    if scope is None:
        return False
    if belonging is None or scope is Scope.ALL:
        return True
    if belonging.requester_id in actor.contact_ids:
        return True
    if actor.user_id is not None and belonging.owner_id == actor.user_id:
        return True
    if scope is Scope.COMPANY:
        return actor.company_id is not None and belonging.company_id == actor.company_id
    return scope is Scope.TEAM and belonging.team_id in actor.team_ids


_STAFF_READS = {
    Permission.AGENT_READ: Scope.OWN,
    Permission.CONTACT_READ: Scope.ALL,
    Permission.CATALOG_READ: Scope.ALL,
    Permission.PEOPLE_READ: Scope.ALL,
}

_AGENT = {
    **_STAFF_READS,
    Permission.TICKET_READ: Scope.TEAM,
    Permission.TICKET_OPEN: Scope.ALL,
    Permission.TICKET_OPEN_FOR_OTHERS: Scope.ALL,
    Permission.TICKET_REPLY: Scope.TEAM,
    Permission.TICKET_NOTE: Scope.TEAM,
    Permission.TICKET_ASSIGN: Scope.TEAM,
    Permission.TICKET_SET_STATUS: Scope.TEAM,
    Permission.TICKET_UPDATE: Scope.TEAM,
    Permission.CONTACT_MANAGE: Scope.ALL,
}

_SUPERVISOR = {
    **dict.fromkeys(_AGENT, Scope.ALL),
    Permission.TICKET_DELETE: Scope.ALL,
    Permission.MESSAGE_REDACT: Scope.ALL,
    Permission.WALLBOARD_VIEW: Scope.ALL,
}

DEFAULT_ROLES: dict[str, dict[Permission, Scope]] = {
    "client": {
        Permission.TICKET_READ: Scope.OWN,
        Permission.TICKET_OPEN: Scope.OWN,
        Permission.TICKET_REPLY: Scope.OWN,
        Permission.TICKET_SET_STATUS: Scope.OWN,
        Permission.CATALOG_READ: Scope.ALL,
    },
    "agent": _AGENT,
    "supervisor": _SUPERVISOR,
    "admin": dict.fromkeys(Permission, Scope.ALL),
}
"""The permissions that the four roles start with; the roles are documents and can be changed."""
