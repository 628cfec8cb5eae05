"""Every document class of the store, once: what Beanie makes the indexes from."""

from __future__ import annotations

from typing import Any, ClassVar

from beanie import Document
from pymongo import ASCENDING, DESCENDING, IndexModel

from domain.message import Millis
from server.store.attachments import StoredFile
from server.store.audit import AuditEntry, CommandResult
from server.store.kinds import KINDS
from server.store.sessions import Credential, LogIn, Proof, RefreshToken, SetupToken

OWED: dict[str, Any] = {"pending.0": {"$exists": True}}
"""The commits that still owe work; few at any time, and the index of them holds only these."""
OWED_INDEX = "owed"


class Kept(Document):
    """A document whose `_id` is a text of ours."""

    id: str  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues]


class LogEntry(Kept):
    """One commit of a stream. `_id` is `<stream>:<seq, ten digits>`: the optimistic lock.

    `audience` names, for each event, the rooms that may see it; `prev` for every room of the
    stream the seq of the last commit before this one that it could see. `pending` names the work
    still owed: project, publish, step:<command id> (its step is in `steps`), react:<reactor>.
    """

    stream: str
    seq: int
    command_id: str
    digest: str
    actor: dict[str, str]
    at: Millis
    events: list[dict[str, Any]]
    audience: list[list[str]]
    prev: dict[str, int]
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    steps: list[dict[str, Any]]
    pending: list[str]

    class Settings:
        name = "log"
        indexes: ClassVar = [
            IndexModel([("stream", ASCENDING), ("command_id", ASCENDING)], unique=True),
            IndexModel([("at", ASCENDING)]),
            IndexModel(
                [("stream", ASCENDING), ("seq", ASCENDING)],
                name=OWED_INDEX,
                partialFilterExpression=OWED,
            ),
        ]


class StreamHeader(Kept):
    """The folded state of a stream as of `seq`, in the shape number `version`."""

    seq: int
    at: Millis
    version: int
    state: dict[str, Any]


class TicketHeader(StreamHeader):
    """A ticket's header. What lists ask for and the state cannot say: `listed` where the ticket
    is there for anybody, `rank` its priority's place, `due` later than all where it is never due.
    """

    listed: bool
    rank: int
    due: Millis

    class Settings:
        name = "tickets"
        indexes: ClassVar = [
            # What changes with every message stands in two of them only, since each is written
            # with it; what a person owns or asked is few enough to be sorted when read.
            IndexModel([("state.staff.at", DESCENDING), ("_id", DESCENDING)]),
            IndexModel(
                [
                    ("state.team_id", ASCENDING),
                    ("state.staff.at", DESCENDING),
                    ("_id", DESCENDING),
                ]
            ),
            *(
                IndexModel([(f"state.{whose}", ASCENDING)])
                for whose in ("owner_id", "requester_id", "company_id")
            ),
            IndexModel([("state.status", ASCENDING), ("state.status_at", ASCENDING)]),
            IndexModel([("state.number", ASCENDING)]),
            IndexModel([("state.opened_at", ASCENDING)]),
            IndexModel([("state.resolved_at", ASCENDING)]),
            IndexModel([("version", ASCENDING)]),
        ]


class AgentHeader(StreamHeader):
    """What an agent carries."""

    class Settings:
        name = "agents"


class StoredMessage(Kept):
    """One message of a ticket; `touched` is the seq of the last commit that changed it."""

    ticket_id: str
    seq: int
    at: Millis
    author: dict[str, str]
    visibility: str
    body: str
    mentions: list[str]
    attachments: list[dict[str, Any]]
    edited_at: Millis | None
    redacted_at: Millis | None
    edits: list[int]
    touched: int

    class Settings:
        name = "messages"
        indexes: ClassVar = [
            IndexModel([("ticket_id", ASCENDING), ("seq", DESCENDING)]),
        ]


class StoredMarker(Kept):
    """How far somebody got in a ticket; both only move up."""

    ticket_id: str
    person: str
    kind: str
    delivered: int
    read: int

    class Settings:
        name = "markers"
        indexes: ClassVar = [IndexModel([("ticket_id", ASCENDING)])]


class Lease(Kept):
    """Who alone may do something until when; `token` rises with every new holder."""

    holder: str
    token: int
    until: Millis

    class Settings:
        name = "leases"


class Sequence(Kept):
    """A number that only goes up, such as that of tickets; gaps are allowed."""

    value: int

    class Settings:
        name = "sequences"


class RoomCounters(Kept):
    """The counters of a feed room as last written, under the fencing token of who wrote them."""

    token: int
    seq: int
    values: list[tuple[str, int]]
    dirty: int
    """Rises whenever a commit may have changed them."""
    counted: int
    """The value of `dirty` that they were counted at."""

    class Settings:
        name = "counters"


class StoredAttendance(Kept):
    """Whether somebody of the staff is there, as the feed `rooms` were last told."""

    seq: int
    rooms: list[str]
    state: str
    load: int
    capacity: int
    since: Millis
    on_shift: bool = True
    shift_until: Millis | None = None

    class Settings:
        name = "attendance"
        indexes: ClassVar = [IndexModel([("rooms", ASCENDING)])]


class StoredEffect(Kept):
    """Something owed to the outside. `_id` is `<commit>:<reactor>:<recipient>`.

    `about` holds ids and nothing else. Not before `due_at` it is performed, by who has it until
    `lease_until` under `token`; those of one `group` are performed together. `tries` counts
    those that began when it was due itself. `reason` says why it was dropped.
    """

    kind: str
    about: dict[str, str]
    group: str | None
    at: Millis
    due_at: Millis
    state: str
    tries: int
    token: int
    lease_until: Millis
    reason: str | None
    last_error: str | None
    ended_at: Millis | None

    class Settings:
        name = "effects"
        indexes: ClassVar = [
            IndexModel([("state", ASCENDING), ("due_at", ASCENDING)]),
            IndexModel([("state", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("group", ASCENDING)]),
            *(
                IndexModel([(f"about.{what}", ASCENDING)])
                for what in ("ticket_id", "message_id", "contact_id")
            ),
        ]


class StoredLetter(Kept):
    """A letter that was kept in the place of being sent; `_id` is its effect's.

    `message_id` is its Message-ID, `messages` are the messages of the ticket that it shows.
    """

    message_id: str
    to: str
    subject: str
    text: str
    html: str
    at: Millis
    ticket_id: str | None
    contact_id: str | None
    messages: list[str]

    class Settings:
        name = "letters"
        indexes: ClassVar = [
            IndexModel([("at", DESCENDING), ("_id", DESCENDING)]),
            *(IndexModel([(what, ASCENDING)]) for what in ("ticket_id", "contact_id", "messages")),
        ]


class StoredErasure(Kept):
    """What was erased for good, ids only. `_id` is `<kind>:<id>`."""

    what: dict[str, Any]

    class Settings:
        name = "erasures"


class StoreIdentity(Kept):
    """The store itself: `epoch` tells its rooms from those of another store or restore.

    `origin` is the epoch that it began with, which restores leave as it is.
    """

    epoch: str
    origin: str | None = None

    class Settings:
        name = "store"


DOCUMENTS: list[type[Document]] = [
    LogEntry,
    TicketHeader,
    AgentHeader,
    StoredMessage,
    StoredMarker,
    StoredFile,
    Lease,
    Sequence,
    RoomCounters,
    StoredAttendance,
    StoredEffect,
    StoredLetter,
    StoredErasure,
    StoreIdentity,
    *(kind.model for kind in KINDS.values()),
    Credential,
    LogIn,
    RefreshToken,
    SetupToken,
    Proof,
    AuditEntry,
    CommandResult,
]
