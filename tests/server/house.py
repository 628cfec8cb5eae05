"""A small house to act in: a team with its inbox, two agents, a supervisor, two clients."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import uuid4

from domain.access import DEFAULT_ROLES, Actor
from domain.contact.state import Contact
from domain.document import Document
from domain.inbox.state import DEFAULT_INBOX_ID, Inbox
from domain.message import ActorKind, Envelope
from domain.people.state import Role, Team, User
from domain.ticket.commands import OpenTicket, Reply
from server.store.connect import Store
from server.store.documents import fields_of, kind_of


def new_id() -> str:
    return str(uuid4())


class FixedClock:
    """Time stands still until a test moves it."""

    def __init__(self, now: int = 1_800_000_000_000) -> None:
        self.time = now

    def now(self) -> int:
        return self.time


@dataclass
class Heard:
    """A publisher that keeps what it was given."""

    envelopes: list[Envelope] = field(default_factory=list[Envelope])

    def publish(self, envelopes: list[Envelope]) -> None:
        self.envelopes.extend(envelopes)

    def of(self, room: str) -> list[Envelope]:
        return [envelope for envelope in self.envelopes if envelope.room == room]


@dataclass
class House:
    """Who is there; each actor may what their default role may."""

    store: Store
    team: Team
    other_team: Team
    agent: Actor
    agent2: Actor
    supervisor: Actor
    client: Actor
    stranger: Actor


async def keep(store: Store, document: Document) -> None:
    """Put a plain document into the store as it is."""
    await store[kind_of(type(document)).model].insert_one(
        {"_id": document.id, "version": 1, **fields_of(document), "pending": []}
    )


async def furnish(store: Store, capacity: int = 200) -> House:
    """Fill an empty store."""
    for name, permissions in DEFAULT_ROLES.items():
        staff = name != "client"
        role = Role(id=new_id(), name=name, title=name, staff=staff, permissions=permissions)
        await keep(store, role)
    users = [
        User(id=new_id(), email=f"{name}@x.test", name=name, role=role, capacity=capacity)
        for name, role in (("ann", "agent"), ("bob", "agent"), ("sue", "supervisor"))
    ]
    team = Team(id=new_id(), name="First", member_ids=tuple(user.id for user in users))
    other = Team(id=new_id(), name="Second", member_ids=(users[1].id,))
    contacts = [Contact(id=new_id(), name=name) for name in ("cleo", "carl")]
    inbox = Inbox(id=DEFAULT_INBOX_ID, name="Support", team_id=team.id)
    for document in (*users, team, other, *contacts, inbox):
        await keep(store, document)
    ann, bob, sue = (_staff(user, (team, other)) for user in users)
    cleo, carl = (client_of(contact) for contact in contacts)
    return House(store, team, other, ann, bob, sue, cleo, carl)


def client_of(contact: Contact, *earlier: str) -> Actor:
    """A client; `earlier` are contacts that they were before."""
    return Actor(
        kind=ActorKind.CLIENT,
        id=contact.id,
        contact_ids=(contact.id, *earlier),
        role="client",
        permissions=DEFAULT_ROLES["client"],
    )


def _staff(user: User, teams: tuple[Team, ...]) -> Actor:
    return Actor(
        kind=ActorKind.AGENT,
        id=user.id,
        user_id=user.id,
        team_ids=frozenset(team.id for team in teams if user.id in team.member_ids),
        role=user.role,
        permissions=DEFAULT_ROLES[user.role],
    )


def open_ticket(**fields: object) -> OpenTicket:
    """A command to open a ticket, with a fresh id."""
    given = {"command_id": new_id(), "title": "Printer on fire", "body": "It burns.", **fields}
    return OpenTicket.model_validate(given)


def reply(ticket_id: str, body: str = "I see.", **fields: object) -> Reply:
    """A command to reply, with a fresh id."""
    given = {"command_id": new_id(), "ticket_id": ticket_id, "body": body, **fields}
    return Reply.model_validate(given)
