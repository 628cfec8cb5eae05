"""Every document class of the store, once: what Beanie makes the indexes from."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from beanie import Document
from pydantic import Field
from pymongo import ASCENDING, DESCENDING, IndexModel

from domain.message import Millis
from server.store.attachments import StoredFile
from server.store.audit import AuditEntry, CommandResult
from server.store.kinds import KINDS
from server.store.sessions import Credential, LogIn, Proof, RefreshToken, SetupToken

OWED: dict[str, Any] = {"pending.0": {"$exists": True}}
"""The commits that still owe work; few at any time, and the index of them holds only these."""
OWED_INDEX = "owed"
CITING: dict[str, Any] = {"sources.0": {"$exists": True}}
"""The messages that cite an article."""
ENGAGED: dict[str, Any] = {"state.private.briefing.asked.0": {"$exists": True}}
"""The tickets in which the assistant was asked something."""
ENGAGED_INDEX = "engaged"


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
    is there for anybody, `rank` its priority's place, `due` later than all where it is never due,
    and so `wake`, the first moment at which it wants something done by itself; `peril` says how it
    stands towards what was promised.
    """

    listed: bool
    rank: int
    due: Millis
    wake: Millis
    peril: str | None

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
            IndexModel([("wake", ASCENDING)]),
            IndexModel([("state.private.queued_at", ASCENDING)]),
            IndexModel([("version", ASCENDING)]),
            IndexModel([("state.private.approval.levels.approver_ids", ASCENDING)]),
            IndexModel(
                [("state.assistant.at", ASCENDING)],
                name=ENGAGED_INDEX,
                partialFilterExpression=ENGAGED,
            ),
        ]


class AgentHeader(StreamHeader):
    """What an agent carries and says; `wake` as with tickets."""

    wake: Millis

    class Settings:
        name = "agents"
        indexes: ClassVar = [IndexModel([("wake", ASCENDING)])]


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
    whisper: bool = False
    sources: list[dict[str, Any]] = Field(default_factory=list[dict[str, Any]])
    level: str | None = None
    helpful: bool | None = None
    edited_at: Millis | None
    redacted_at: Millis | None
    edits: list[int]
    touched: int

    class Settings:
        name = "messages"
        indexes: ClassVar = [
            IndexModel([("ticket_id", ASCENDING), ("seq", DESCENDING)]),
            IndexModel(
                [("sources.article_id", ASCENDING), ("at", ASCENDING)],
                name="citing",
                partialFilterExpression=CITING,
            ),
            IndexModel([("at", ASCENDING)], name="citing_lately", partialFilterExpression=CITING),
        ]


class StoredOpinion(Kept):
    """Whether an article helped a reader. `_id` is `<text>|<reader>`: one each.

    `text` is `<article>|<edition>`; `edition` is the `updated_at` of what was read; `reader` the id
    that the log would name, or what the browser of somebody without a log-in calls itself.
    """

    text: str
    article_id: str
    edition: Millis
    reader: str
    helpful: bool
    word: str
    at: Millis

    class Settings:
        name = "article_opinions"
        indexes: ClassVar = [
            IndexModel([("article_id", ASCENDING), ("at", DESCENDING)]),
            IndexModel([("reader", ASCENDING)]),
        ]


class StoredQuestion(Kept):
    """What nobody could answer. `_id` is `search:<uuid>` or `ticket:<ticket>`.

    Of a ticket's only ids are kept, and `text` is empty. `vector` is its meaning to `model`. What
    was `filed` is dropped after 30 days.
    """

    source: str
    text: str
    language: str
    ticket_id: str | None
    message_id: str | None
    at: Millis
    vector: bytes | None
    model: str
    away: bool
    filed: datetime | None

    class Settings:
        name = "questions"
        indexes: ClassVar = [
            IndexModel([("at", DESCENDING)]),
            IndexModel([("ticket_id", ASCENDING)]),
            IndexModel([("message_id", ASCENDING)]),
            IndexModel([("filed", ASCENDING)], expireAfterSeconds=30 * 86_400),
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
    since: Millis = 0
    """What they were before is none of their past: the tickets themselves only came in then."""

    class Settings:
        name = "counters"


class StoredStanding(Kept):
    """What a worker's assistant can do, and when it said so."""

    at: Millis
    standing: dict[str, Any]

    class Settings:
        name = "assistants"


class StoredHelp(Kept):
    """One text of the copilot, without the text: who asked for it, and what became of it."""

    ticket_id: str
    agent_id: str
    task: str
    level: str
    at: Millis
    verdict: str | None = None

    class Settings:
        name = "helps"
        indexes: ClassVar = [IndexModel([("at", ASCENDING)])]


class StoredExample(Kept):
    """What staff said of a ticket, for the next guesses; `_id` is the ticket's. Without a
    `message_id` it is gone."""

    message_id: str | None
    category: str | None
    priority: str | None
    skills: list[str]
    at: Millis

    class Settings:
        name = "triage_examples"
        indexes: ClassVar = [IndexModel([("at", DESCENDING)])]


class StoredAttendance(Kept):
    """Whether somebody of the staff is there, as the feed `rooms` show it; those `owed` are to be
    told of it."""

    seq: int
    rooms: list[str]
    owed: list[str] = Field(default_factory=list[str])
    state: str
    load: int
    capacity: int
    since: Millis
    on_shift: bool = True
    shift_until: Millis | None = None
    reason: str = "available"
    until: Millis | None = None
    note: str = ""
    plan: int = 0

    class Settings:
        name = "attendance"
        indexes: ClassVar = [IndexModel([("rooms", ASCENDING)])]


class StoredPull(Kept):
    """Which ticket somebody's wish for the next one stands for, by its key."""

    ticket_id: str
    at: Millis

    class Settings:
        name = "pulls"
        indexes: ClassVar = [IndexModel([("at", ASCENDING)])]


class StoredQueue(Kept):
    """A team's queue as it was last looked at; `_id` is the team's.

    `waiting` are {ticket_id, requester_id, position, wait_ms}, the first in order first; `taken`
    the moments at which tickets left it for an owner.
    """

    seq: int
    waiting: list[dict[str, Any]]
    numbers: dict[str, int]
    taken: list[Millis]

    class Settings:
        name = "queues"
        indexes: ClassVar = [IndexModel([("waiting.requester_id", ASCENDING)])]


class FollowedCalendar(Kept):
    """What a calendar of leave was last read to say; `_id` is the leave's. It is read again at
    `due_at`; `error` says why it could not be read, then the entries are those of before."""

    user_id: str
    url: str
    entries: list[tuple[Millis, Millis, str]]
    read_at: Millis
    due_at: Millis
    error: str | None

    class Settings:
        name = "leave_calendars"
        indexes: ClassVar = [IndexModel([("user_id", ASCENDING)])]


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

    `message_id` is its Message-ID, `messages` are the messages that it shows, `tickets` those that
    it names where there are several.
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
    tickets: list[str]

    class Settings:
        name = "letters"
        indexes: ClassVar = [
            IndexModel([("at", DESCENDING), ("_id", DESCENDING)]),
            *(
                IndexModel([(what, ASCENDING)])
                for what in ("ticket_id", "contact_id", "messages", "tickets")
            ),
        ]


class StoredNotice(Kept):
    """What one person is told, by ids. `_id` is `<commit>:<kind>:<recipient>`.

    `seq` is the ticket's of the commit, `version` the notice's own. One that is not `shown` is
    only mailed.
    """

    kind: str
    recipient: str
    contact_id: str | None
    at: Millis
    actor: dict[str, str]
    ticket_id: str | None
    number: int | None
    seq: int
    message_id: str | None
    detail: dict[str, Any]
    shown: bool
    read_at: Millis | None
    version: int

    class Settings:
        name = "notifications"
        indexes: ClassVar = [
            IndexModel([("recipient", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)]),
            IndexModel([("recipient", ASCENDING), ("read_at", ASCENDING)]),
            IndexModel([("at", ASCENDING)]),
            *(
                IndexModel([(what, ASCENDING)])
                for what in ("ticket_id", "message_id", "contact_id")
            ),
        ]


class StoredDevice(Kept):
    """A browser that somebody is told on, as long as its session; `_id` is made of its endpoint."""

    user_id: str
    session_id: str
    endpoint: str
    p256dh: str
    auth: str
    label: str
    created_at: Millis
    seen_at: Millis
    last_ok_at: Millis | None
    failures: int

    class Settings:
        name = "devices"
        indexes: ClassVar = [
            IndexModel([("user_id", ASCENDING)]),
            IndexModel([("session_id", ASCENDING)]),
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
    StoredOpinion,
    StoredQuestion,
    StoredMarker,
    StoredFile,
    Lease,
    Sequence,
    RoomCounters,
    StoredAttendance,
    StoredStanding,
    StoredExample,
    StoredPull,
    StoredQueue,
    FollowedCalendar,
    StoredEffect,
    StoredLetter,
    StoredNotice,
    StoredDevice,
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
