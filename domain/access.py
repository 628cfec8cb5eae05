"""Who may do what: named permissions with scopes, in one table for every door."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator

from domain.audience import Room, RoomKind
from domain.errors import Forbidden, NotFound
from domain.message import ActorKind, ActorRef, Audience, Id, Record
from domain.ticket.state import Ticket
from domain.workforce.state import Agent


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
    TICKET_SUPERVISE = "ticket.supervise"
    MESSAGE_REDACT = "message.redact"
    AGENT_READ = "agent.read"
    AGENT_MANAGE = "agent.manage"
    CONTACT_READ = "contact.read"
    CONTACT_MANAGE = "contact.manage"
    WALLBOARD_VIEW = "wallboard.view"
    CATALOG_READ = "catalog.read"
    ARTICLE_MANAGE = "article.manage"
    PEOPLE_READ = "people.read"
    PEOPLE_MANAGE = "people.manage"
    SETTINGS_MANAGE = "settings.manage"


class Scope(StrEnum):
    """How far a permission reaches; each includes those before it."""

    OWN = "own"
    COMPANY = "company"
    TEAM = "team"
    ALL = "all"


@lru_cache(maxsize=4_096)
def _shared_teams(team_ids: frozenset[Id]) -> frozenset[Id]:
    return team_ids


@lru_cache(maxsize=1_024)
def _ordered(permissions: frozenset[tuple[Permission, Scope]]) -> Mapping[Permission, Scope]:
    return dict(sorted(permissions))


def _shared_permissions(
    permissions: Mapping[Permission, Scope],
) -> Mapping[Permission, Scope]:
    return _ordered(frozenset(permissions.items()))


class Actor(Record):
    """Somebody who acts, with what they may already resolved from their role and teams.

    `id` is the user id for staff, the contact id for clients and guests, a word for the machine.
    `identities` are all ids this person's earlier commands may stand under, `id` among them.

    There is one for each connection: those in the same teams, and those who may the same, share
    the set and the mapping, so that an actor takes 0.5 kB and not 1.9.
    """

    kind: ActorKind
    id: str
    user_id: Id | None = None
    contact_ids: tuple[Id, ...] = ()
    company_id: Id | None = None
    team_ids: Annotated[frozenset[Id], AfterValidator(_shared_teams)] = frozenset()
    role: str = ""
    permissions: Annotated[Mapping[Permission, Scope], AfterValidator(_shared_permissions)] = {}
    guest: bool = False

    def model_post_init(self, _context: Any) -> None:  # noqa: ANN401 - pydantic's
        # Which fields were named is never asked; a set of them for each would take 0.7 kB.
        object.__setattr__(self, "__pydantic_fields_set__", _EVERY_FIELD)

    @cached_property
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


_EVERY_FIELD = set(Actor.model_fields)


class Belonging(NamedTuple):
    """To whom a stream belongs: all that a scope is judged by. What is `gone` is nobody's."""

    requester_id: Id | None
    company_id: Id | None
    team_id: Id | None
    owner_id: Id | None
    gone: bool = False
    approver_ids: frozenset[Id] = frozenset()
    """Who has or had to agree to it: they may read it, whatever team it is in."""


def allows(actor: Actor, permission: Permission, belonging: Belonging | None = None) -> bool:
    """Whether an actor may do something, to a ticket where `belonging` says whose it is."""
    if belonging is not None and belonging.gone:
        return False
    if actor.is_machine:
        return True
    if belonging is not None and belonging.approver_ids and permission is Permission.TICKET_READ:
        asked = actor.user_id in belonging.approver_ids
        if asked and actor.kind is ActorKind.AGENT:
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


def belonging_of(header: Ticket | Agent) -> Belonging:
    """Whose a ticket is; an agent's work is that agent's own."""
    if isinstance(header, Agent):
        return Belonging(requester_id=None, company_id=None, team_id=None, owner_id=header.id)
    return Belonging(
        requester_id=header.requester_id,
        company_id=header.company_id,
        team_id=header.team_id,
        owner_id=header.owner_id,
        gone=not header.exists,
        approver_ids=_approvers(header),
    )


def _approvers(ticket: Ticket) -> frozenset[Id]:
    approval = ticket.private and ticket.private.approval
    if not approval or ticket.approval is None:
        return frozenset()
    return frozenset(each for level in approval.levels for each in level.approver_ids)


def may_enter(actor: Actor, room: Room, header: Ticket | Agent | None) -> None:
    """Raise where the actor may not be in a room.

    `header` is the whole state of the room's stream, None for a feed room and for what is not
    there. A client is told NotFound of everything that is not theirs.
    """
    if room.kind in (RoomKind.TICKET, RoomKind.TICKET_STAFF) and not isinstance(header, Ticket):
        raise NotFound(f"There is no such {room.kind.subject}.")
    belonging = None if header is None else belonging_of(header)
    if may_stay(actor, room, belonging):
        return
    client = actor.kind is ActorKind.CLIENT
    if client or (belonging is not None and belonging.gone):
        raise NotFound(f"There is no such {room.kind.subject}.")
    if room.kind is RoomKind.TICKET:
        raise Forbidden("Staff read a ticket in its staff room.")
    raise Forbidden(f"You may not see this {room.kind.subject}.")


def may_stay(actor: Actor, room: Room, belonging: Belonging | None) -> bool:
    """Whether the actor may be in a room whose stream belongs so; None for a feed room."""
    client = actor.kind is ActorKind.CLIENT
    match room.kind:
        case RoomKind.TICKET | RoomKind.TICKET_STAFF:
            if belonging is None or client is not (room.kind is RoomKind.TICKET):
                return False
            return allows(actor, Permission.TICKET_READ, belonging)
        case RoomKind.AGENT:
            whose = belonging or belonging_of(Agent(id=room.id))
            return not client and allows(actor, Permission.AGENT_READ, whose)
        case RoomKind.TEAM:
            whose = Belonging(None, None, team_id=room.id, owner_id=None)
            return not client and allows(actor, Permission.TICKET_READ, whose)
        case RoomKind.USER:
            return room.id in actor.identities
        case RoomKind.WALLBOARD:
            return allows(actor, Permission.WALLBOARD_VIEW)
        case RoomKind.SETTINGS:  # Which documents changed, and nothing of what stands in them.
            return not client


_ACCESS_CHANGES = frozenset(
    {
        *("ticket.assigned", "ticket.deleted"),
        *("ticket.approval_asked", "ticket.approval_delegated", "ticket.approval_changed"),
    }
)


def changes_access(event_type: str) -> bool:
    """Whether after such an event somebody may have to leave the stream's rooms."""
    return event_type in _ACCESS_CHANGES


def belonging_after(belonging: Belonging, event: Mapping[str, Any]) -> Belonging:
    """Whose the stream is after an event as it stands in an envelope."""
    match event["type"]:
        case "ticket.assigned":
            return belonging._replace(owner_id=event["agent_id"], team_id=event["team_id"])
        case "ticket.deleted":
            return belonging._replace(gone=True, approver_ids=frozenset())
        case "ticket.approval_asked":
            asked = (each for level in event["levels"] for each in level["approver_ids"])
            return belonging._replace(approver_ids=frozenset(asked))
        case "ticket.approval_delegated":
            # Whoever is away may go on reading until the next look at the whole.
            return belonging._replace(approver_ids=belonging.approver_ids | {event["to_id"]})
        case "ticket.approval_changed" if event["approval"] is None:
            return belonging._replace(approver_ids=frozenset())
        case _:
            return belonging


_STAFF_READS = {
    Permission.AGENT_READ: Scope.OWN,
    Permission.AGENT_MANAGE: Scope.OWN,
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
    Permission.ARTICLE_MANAGE: Scope.ALL,
}

_SUPERVISOR = {
    **dict.fromkeys(_AGENT, Scope.ALL),
    Permission.TICKET_DELETE: Scope.ALL,
    Permission.TICKET_SUPERVISE: Scope.ALL,
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
