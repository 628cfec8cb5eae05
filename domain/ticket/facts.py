"""What `decide` must know beyond the header; dispatch looks it up before it asks."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, SkipValidation

from domain.contact.state import Contact
from domain.inbox.state import Category, Inbox
from domain.message import Id, Record
from domain.people.shifts import Span
from domain.people.state import Team, User
from domain.sla.book import EMPTY, Book
from domain.ticket.state import Attachment, Message, Ticket


class Facts(Record):
    """Only what the command names is filled in; None or absent means that there is no such thing.

    `requester` is the contact whom a ticket is opened for, and at a client's own commands that
    client's contact: in both cases the survivor of its merges. `inbox` is the named or the
    default one. `agent` is the user who shall get the ticket, or whose stream it is, only where
    they work here; `agent_teams` are that user's teams. `attachments` are the named uploads that
    belong to the actor and stand in no message yet; `staff_ids` are those of the mentioned
    people who work here.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    stand_ins: dict[Id, Id] = Field(default_factory=dict[Id, Id])
    """By approver who is away, who is asked in their place."""
    number: int = 0
    inbox: Inbox | None = None
    category: Category | None = None
    requester: Contact | None = None
    agent: User | None = None
    agent_teams: frozenset[Id] = frozenset()
    team: Team | None = None
    message: Message | None = None
    leave: tuple[Span, ...] = ()
    """Where a machine gives work: the agent's leave that may matter now."""
    connected: bool = True
    """Where a machine gives work: whether the agent is there."""
    reachable: bool = False
    """Where a machine gives work, and the agent is not there: whether push reaches them."""
    staff_ids: frozenset[Id] = frozenset()
    skill_ids: frozenset[Id] = frozenset()
    attachments: tuple[Attachment, ...] = ()
    followed: Ticket | None = None
    """For a follow-up: the closed ticket before it."""
    quiet_after: int = 0
    """How long, in milliseconds, a resolved ticket stays before it closes by itself."""
    book: Annotated[Book, SkipValidation] = EMPTY
    contact_tags: tuple[str, ...] = ()
    """Those of the requester, where they may decide what is promised. At a tick `staff_ids` are
    those on the ladders who work here."""
