"""What the server sends over the socket beside events, as the contracts describe it.

Producers write these shapes as plain dicts, which costs less; the contract tests hold what was
really sent against them. What clients send is in `realtime/wire.py`, which checks it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from domain.approval.state import ApprovalStatus
from domain.assistant.state import AssistantLevel, AssistantState
from domain.errors import Code
from domain.inbox.state import Colour
from domain.knowledge.state import Reach, Stage
from domain.message import ActorKind, ActorRef, Envelope, Id, Millis, Record
from domain.notification.state import NoticeKind
from domain.sla.state import SlaClock
from domain.ticket.state import Channel, Message, Priority, Said, Status, Tag, Ticket
from domain.workforce.availability import Reason
from domain.workforce.state import Agent


class Sparse(Record):
    """A shape whose fields with a default may be left out."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)


Presence = Literal["online", "busy", "away", "break", "reachable", "offline"]


class WireError(Record):
    """The one shape of every refusal. `fields` has a message per wrong field, or its detail."""

    code: Code
    message: str
    fields: dict[str, Any]
    retryable: bool


class Left(Record):
    """The server took somebody out of a room; the reason `resync` asks to join again."""

    room: str
    reason: str


class Closing(Sparse):
    """The connection ends: `resync` (join again from your cursors), `expired` and `ended` (log in
    again), `restart`; with `retry_after`, better not before so many seconds."""

    reason: str
    retry_after: float | None = None


class AccessChanged(Record):
    """What the connection may, or whose it is, changed: ask `GET /api/auth/me` again. Rooms that
    it may not be in any more are left with `left`; none is entered by itself."""

    version: str


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
    """A ticket as a list shows it. `at` is its last change; only staff's rows have tags and
    clocks."""

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
    approval: ApprovalStatus | None = None
    assistant: AssistantState | None = None
    tags: tuple[Tag, ...] | None = None
    snoozed_until: Millis | None = None
    sla: tuple[SlaClock, ...] | None = None


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


class Attendance(Sparse):
    """How somebody of the staff is there: `busy` is connected and full, or says so; `reachable` is
    not connected, but could be offered work on a phone that push reaches. `load` and
    `capacity` are in priority weights; `since` is when the state began. `on_shift` holds until
    `shift_until`, null: for ever, as for who has no set hours. `reason` says why they are given
    work by itself or not, `until` when the clock changes that; `note` is their own. `plan` is
    another where their shifts, breaks or leave are: then `/api/shifts` has news."""

    state: Presence
    load: int
    capacity: int
    since: Millis
    on_shift: bool = True
    shift_until: Millis | None = None
    reason: Reason = Reason.AVAILABLE
    until: Millis | None = None
    note: str = ""
    plan: int = 0


class AgentEntry(Record):
    """`agent` is null where somebody left the team; an older seq than the known is dropped."""

    agent_id: Id
    seq: int
    agent: Attendance | None


class FeedRow(RowEntry):
    type: Literal["feed.row"] = "feed.row"
    v: int = 1


class FeedCounter(CounterEntry):
    type: Literal["feed.counter"] = "feed.counter"
    v: int = 1


class FeedAgent(AgentEntry):
    type: Literal["feed.agent"] = "feed.agent"
    v: int = 1


class NoticeShown(Record):
    """What somebody is told, by ids; `detail` says which status, target or decision it is."""

    kind: NoticeKind
    at: Millis
    actor: ActorRef
    ticket_id: Id | None
    number: int | None
    message_id: Id | None
    detail: dict[str, str | int | bool]
    read_at: Millis | None


class NoticeEntry(Record):
    """`notice` is null where it was taken back; an older seq than the known is dropped."""

    id: str
    seq: int
    notice: NoticeShown | None


class FeedNotice(NoticeEntry):
    type: Literal["feed.notice"] = "feed.notice"
    v: int = 1


FeedEvent = FeedRow | FeedCounter | FeedAgent | FeedNotice


class FeedSnapshot(Record):
    """`notices` are one's own newest; how many are unread says the counter `notices.unread`."""

    rows: tuple[RowEntry, ...]
    counters: tuple[CounterEntry, ...]
    agents: tuple[AgentEntry, ...] = ()
    notices: tuple[NoticeEntry, ...] = ()


class Doing(Record):
    """What somebody does in a room at the moment."""

    type: Literal["typing", "viewing"]
    sender: Annotated[ActorRef, Field(alias="from")]


class AssistantText(Record):
    """A piece of what the assistant is writing, from `index` on, in UTF-16 units: what stood there
    makes room for it. It answers the message at `about_seq`; of two the later one holds, by that
    and then by `generation`. With `done` it came to nothing, and goes. `level` is what it is made
    by, as its message will say; a worker of an older release does not tell.

    It is to be shown while the ticket's `assistant` is `waiting` at that seq, and only then: so it
    ends with the message that it becomes, and with whatever else comes first.
    """

    type: Literal["assistant.delta"]
    about_seq: int
    generation: int
    index: int
    text: str
    done: bool
    level: AssistantLevel | None = None


class RoomJoined(Sparse):
    """A snapshot as of `seq` and the envelopes after it, or those after the cursor up to `seq`;
    with `more`, join again from where they end.

    `markers` come with the envelopes of a ticket; a snapshot has them itself. `signals` are all
    that is done at the moment in a ticket's or an agent's room, and all of what the assistant has
    written so far: what was known before is over.
    """

    room: str
    epoch: str
    seq: int
    snapshot: TicketSnapshot | AgentSnapshot | FeedSnapshot | None
    envelopes: tuple[Envelope, ...]
    more: bool
    markers: tuple[Marker, ...] | None = None
    signals: tuple[Doing | AssistantText, ...] | None = None


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


class Accepted(Record):
    """What `leave` and `signal` are answered with."""

    ok: Literal[True]


class Renewed(Accepted):
    expires_at: Millis


class TimeTold(Accepted):
    """The server's clock, and which node tells it."""

    now: Millis
    node: str


class Highlighted(Record):
    """A piece of a field; `ranges` are [start, end) in characters, where the words stand."""

    field: str
    text: str
    ranges: tuple[tuple[int, int], ...]


class FoundArticle(Record):
    id: Id
    title: str
    summary: str
    category: Id | None
    language: str
    reach: Reach
    stage: Stage
    score: float
    highlights: tuple[Highlighted, ...]


class Found(Accepted):
    """The best first; the scores of two questions do not compare."""

    items: tuple[FoundArticle, ...]


class Marked(Accepted):
    """How far the sender's marker is now."""

    delivered: int
    read: int


class Changed(Doing):
    """Something began, or ended: for each person once, however many their sockets are and
    however often they say it. Who it is from is the server's word."""

    active: bool
    base_seq: int


class Heard(Changed):
    """Something of the moment in a room."""

    room: str


class HeardTogether(Record):
    """What changed within a moment in a room of many members."""

    room: str
    type: Literal["several"] = "several"
    signals: tuple[Changed, ...]


class MarkerMoved(Marker):
    room: str
    type: Literal["marker"] = "marker"


class AssistantDelta(AssistantText):
    room: str


HeardSignal = Heard | HeardTogether | MarkerMoved | AssistantDelta


class TicketOpenedResult(Record):
    """What `ticket.open` answers with."""

    ticket_id: Id
    number: int


class RepliedResult(Sparse):
    """What `ticket.reply` answers with; with a `ticket_id` where it went on in a follow-up."""

    message_id: Id
    ticket_id: Id | None = None
