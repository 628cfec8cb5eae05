"""A ticket's header, folded from its events. Messages are documents of their own."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints

from domain.approval.state import Approval, ApprovalStatus
from domain.assistant.state import Assistant, AssistantLevel, Briefing, Source
from domain.message import ActorRef, Audience, Id, Millis, Record
from domain.routing.state import Offer, SkillLevels, Why
from domain.sla.state import Sla
from domain.text import clean_line, clean_text
from domain.triage.state import Guessed, Triage

STATE_VERSION = 7
"""Raised when the folded shape changes: older snapshots are folded anew from the log."""
STAFF_PARTS = ("staff", "private")
"""The fields of the header that no client sees. What a later release hides belongs into them
too: nodes of an older one show the other fields that they do not know to everybody."""


class Priority(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


class Status(StrEnum):
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    PENDING = "pending"
    RESOLVED = "resolved"
    CLOSED = "closed"

    @property
    def active(self) -> bool:
        """Whether somebody still works on it: only then does it weigh on its owner."""
        return self not in (Status.RESOLVED, Status.CLOSED)


class Visibility(StrEnum):
    PUBLIC = "public"
    PRIVATE = "private"


class Channel(StrEnum):
    PORTAL = "portal"
    WIDGET = "widget"
    MAIL = "mail"
    PHONE = "phone"
    API = "api"


Title = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True),
    AfterValidator(clean_line),
]
Body = Annotated[
    str,
    StringConstraints(min_length=1, max_length=50_000, pattern=r"\S"),
    AfterValidator(clean_text),
]
"""Markdown, at most 50,000 characters, not only what nobody sees."""
Tag = Annotated[str, StringConstraints(min_length=1, max_length=50, strip_whitespace=True)]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,49}$")]
FieldValue = (
    Annotated[str, StringConstraints(max_length=1_000)]
    | bool
    | Annotated[int, Field(ge=-(2**53) + 1, le=2**53 - 1)]
    | Annotated[float, Field(allow_inf_nan=False)]
    | None
)
"""What every client can hold without loss: JavaScript's numbers are the narrowest."""
Fields = Annotated[dict[FieldName, FieldValue], Field(max_length=50)]
"""Custom fields by name: lower-case words joined with underscores."""


class Attachment(Record):
    """A file as its message names it; the bytes stand elsewhere. `size` in bytes."""

    id: Id
    name: str
    media_type: str
    size: int


class Message(Record):
    """One message of a ticket. A redacted one keeps its place and author, and no text."""

    id: Id
    ticket_id: Id
    seq: int
    at: Millis
    author: ActorRef
    visibility: Visibility
    body: str
    mentions: tuple[Id, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    whisper: bool = False
    """A supervisor's note, meant for who looks after the ticket."""
    sources: tuple[Source, ...] = ()
    level: AssistantLevel | None = None
    """Of what the assistant said, what it was made by."""
    helpful: bool | None = None
    """What the client said of it."""
    edited_at: Millis | None = None
    redacted_at: Millis | None = None
    edits: tuple[int, ...] = ()
    """The seqs of its later edits: where else its text stands in the log."""


class Said(Record):
    """Who wrote a message, and at which seq."""

    seq: int
    author: ActorRef


class Face(Record):
    """A ticket as one audience has seen it."""

    head: int = 0
    """The seq of the last envelope of this audience."""
    at: Millis = 0
    """Its last change: clocks that were counted anew, ran out or were warned of are none,
    and no guesses."""
    messages: int = 0
    said: tuple[Said, ...] = ()
    """The newest message of each of the last two authors, newest first: enough to tell what
    anybody may have missed, however long the conversation."""


class StaffPart(Record):
    """What the client never sees of the header."""

    tags: tuple[Tag, ...] = ()
    fields: Fields = Field(default_factory=dict)
    required_skills: tuple[Id, ...] = ()
    skill_levels: SkillLevels = Field(default_factory=dict)
    reservation: str | None = None
    """The id of the command under which the owner's capacity is held; None while nobody owns
    the ticket and while it is resolved or closed."""
    queued_at: Millis | None = None
    """Since when it waits for an owner; None while it has one, and while the assistant has it."""
    asked_at: Millis | None = None
    """Since when the client waits for a word: the first of theirs that nobody answered."""
    offer: Offer | None = None
    passed: tuple[Id, ...] = ()
    """Who declined it or let its offer end, since it waits; newest last."""
    why: Why | None = None
    snoozed_until: Millis | None = None
    snoozed_seq: int = 0
    """The seq of the last snooze: the generation of its timer."""
    sla: Sla | None = None
    approval: Approval | None = None
    briefing: Briefing | None = None
    triage: Triage | None = None
    chosen: tuple[Guessed, ...] = ()
    """Of the fields that are guessed, those that staff set themselves."""


class Ticket(Record):
    """The header. `seq` is the stream's last commit; 0 means that nothing was opened yet."""

    id: Id
    seq: int = 0
    number: int = 0
    title: str = ""
    status: Status = Status.OPEN
    priority: Priority = Priority.MEDIUM
    category: Id | None = None
    requester_id: Id | None = None
    company_id: Id | None = None
    channel: Channel = Channel.PORTAL
    inbox_id: Id | None = None
    team_id: Id | None = None
    owner_id: Id | None = None
    due_at: Millis | None = None
    opened_at: Millis = 0
    status_seq: int = 0
    """The seq of the last change of status: the generation of timers that watch it."""
    status_at: Millis = 0
    resolved_at: Millis | None = None
    """Since when nobody works on it: closing what was resolved before does not change it."""
    description_id: Id | None = None
    """The message that opened the ticket."""
    approval: ApprovalStatus | None = None
    assistant: Assistant | None = None
    """None where the assistant never had a part in it."""
    follow_up_of: Id | None = None
    follow_ups: tuple[Id, ...] = ()
    deleted: bool = False
    public: Face = Face()
    staff: Face | None = Face()
    private: StaffPart | None = StaffPart()

    @property
    def exists(self) -> bool:
        """Opened, and not deleted since."""
        return self.number > 0 and not self.deleted

    def face(self, audience: Audience) -> Face:
        """The face of an audience; the staff's is only in a staff view."""
        face = self.public if audience is Audience.PUBLIC else self.staff
        if face is None:
            raise ValueError("This view has no staff face.")
        return face

    def seen_by(self, audience: Audience) -> Self:
        """The view of an audience: exactly what its events alone would fold to.

        `seq` becomes the head of that audience.
        """
        if audience is Audience.STAFF:
            return self.model_copy(update={"seq": self.face(audience).head})
        return self.model_copy(update={"seq": self.public.head, **dict.fromkeys(STAFF_PARTS)})
