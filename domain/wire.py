"""What goes over the socket beside commands and events, as the contracts describe it.

Producers write these shapes as plain dicts, which costs less; the contract tests hold what was
really sent against them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from domain.errors import Code
from domain.inbox.state import Colour
from domain.message import ActorKind, Envelope, Id, Millis, Record
from domain.ticket.state import Channel, Message, Priority, Said, Status, Tag, Ticket
from domain.workforce.state import Agent


class Sparse(Record):
    """A shape whose fields with a default may be left out."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)


class WireError(Record):
    """The one shape of every refusal. `fields` has a message per wrong field, or its detail."""

    code: Code
    message: str
    fields: dict[str, Any]
    retryable: bool


class Handshake(Record):
    """Socket.IO's `auth`. Too old a protocol is answered with `upgrade_required`."""

    token: str
    protocol: Literal[1]
    client: str


class Cursor(Sparse):
    """A room to join, and the last that is known of it."""

    room: str
    epoch: str | None = None
    after: int | None = None


class Join(Record):
    """At most 50 rooms at once; each is answered alone."""

    rooms: Annotated[tuple[Cursor, ...], Field(max_length=50)]


class Leave(Record):
    rooms: tuple[str, ...]


class Renew(Record):
    """A fresh access token for the session that is there."""

    token: str


class Left(Record):
    """The server took somebody out of a room."""

    room: str
    reason: str


class Marker(Record):
    """How far somebody got in a ticket, in seqs; both only move up."""

    person: str
    kind: ActorKind
    delivered: int
    read: int


class Person(Sparse):
    """Somebody's name. Events name people by id only."""

    name: str
    kind: ActorKind
    colour: Colour | None = None


class TicketSnapshot(Record):
    """A ticket's room entered anew: its last 50 messages, oldest first."""

    ticket: Ticket
    messages: tuple[Message, ...]
    has_earlier: bool
    markers: tuple[Marker, ...]
    people: dict[Id, Person]


class AgentSnapshot(Record):
    agent: Agent


class Row(Sparse):
    """A ticket as a list shows it. `at` is its last change; only staff's rows have tags."""

    id: Id
    number: int
    title: str
    status: Status
    priority: Priority
    category: Id | None
    requester_id: Id
    company_id: Id | None
    channel: Channel
    inbox_id: Id
    team_id: Id
    owner_id: Id | None
    due_at: Millis | None
    opened_at: Millis
    at: Millis
    messages: int
    said: Said | None
    tags: tuple[Tag, ...] | None = None


class RowEntry(Record):
    """`row` is null where the ticket left the list; an older seq than the known is dropped."""

    ticket_id: Id
    seq: int
    row: Row | None


class CounterEntry(Record):
    """An absolute number; an older seq than the known is dropped."""

    name: str
    seq: int
    value: int


class FeedRow(RowEntry):
    type: Literal["feed.row"] = "feed.row"
    v: int = 1


class FeedCounter(CounterEntry):
    type: Literal["feed.counter"] = "feed.counter"
    v: int = 1


FeedEvent = FeedRow | FeedCounter


class FeedSnapshot(Record):
    rows: tuple[RowEntry, ...]
    counters: tuple[CounterEntry, ...]


class RoomJoined(Record):
    """A room as of `seq`: a snapshot, or the envelopes after the cursor; `more`: join again."""

    room: str
    epoch: str
    seq: int
    snapshot: TicketSnapshot | AgentSnapshot | FeedSnapshot | None
    envelopes: tuple[Envelope, ...]
    more: bool


class RoomRefused(Record):
    room: str
    error: WireError


class JoinAnswer(Record):
    ok: Literal[True]
    rooms: tuple[RoomJoined | RoomRefused, ...]


class Done(Record):
    """A command was carried out. `seq` is the head of the sender's audience after it."""

    ok: Literal[True]
    seq: int
    result: dict[str, Any]


class Refused(Record):
    ok: Literal[False]
    error: WireError


class TicketOpenedResult(Record):
    """What `ticket.open` answers with."""

    ticket_id: Id
    number: int


class RepliedResult(Record):
    """What `ticket.reply` answers with; with a `ticket_id` where it went on in a follow-up."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    message_id: Id
    ticket_id: Id | None = None
