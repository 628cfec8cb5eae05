"""A notice to one person, and what that person wants of notices."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.document import Document
from domain.message import ActorRef, Id, Millis, Record
from domain.people.shifts import Shift, TimeOfDay, Weekday, Zone


class NoticeKind(StrEnum):
    """What somebody is told of."""

    ASSIGNED = "assigned"
    OFFERED = "offered"
    STATUS = "status"
    MENTIONED = "mentioned"
    ANSWERED = "answered"
    WHISPERED = "whispered"
    TAKEN_OVER = "taken_over"
    SLA_WARNED = "sla_warned"
    SLA_BREACHED = "sla_breached"
    SLA_ESCALATED = "sla_escalated"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_DECIDED = "approval_decided"
    ACCOUNT_CREATED = "account_created"


class Notice(Record):
    """One thing that one person is told: ids and words of the machine, never anybody's texts.

    `id` is `<commit>:<kind>:<recipient>`, so that nobody is told twice. `recipient` is the user
    id of staff and the contact id of a client, as in the name of their own room; `contact_id` is
    the contact they are as a requester, by whom they are erased. `seq` is the ticket's, of the
    commit. `detail` says which status, target, per cent or decision it is about.
    """

    id: str
    kind: NoticeKind
    recipient: Id
    contact_id: Id | None = None
    at: Millis
    actor: ActorRef
    ticket_id: Id | None = None
    number: int | None = None
    seq: int = 0
    message_id: Id | None = None
    detail: dict[str, str | int | bool] = Field(default_factory=dict)


class Language(StrEnum):
    """What we write in."""

    EN = "en"
    ES = "es"


class Digest(StrEnum):
    """When mails come: each when it is due, or those of an hour or a day in one letter."""

    AT_ONCE = "at_once"
    HOURLY = "hourly"
    DAILY = "daily"


class Channels(Record):
    """How somebody is told of one kind. `push` is null where they never chose it."""

    in_app: bool
    mail: bool
    push: bool | None = None


class QuietHours(Record):
    """Every day, on the clock of where somebody is; an `end` before `start` is on the next day."""

    start: TimeOfDay
    end: TimeOfDay

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.start == self.end:
            raise ValueError("Quiet hours that never end would keep every mail back.")
        return self

    @property
    def shift(self) -> Shift:
        """As if it were a shift of every day, whose rules know the edges of summer time."""
        return Shift(days=tuple(Weekday), start=self.start, end=self.end)


class Preferences(Document):
    """What somebody wants; the id is their own. `zone` is that of their account where it is null.

    `channels` has what they chose; all else is as for everybody.
    """

    language: Language = Language.EN
    zone: Zone | None = None
    quiet: QuietHours | None = None
    digest: Digest = Digest.AT_ONCE
    channels: Annotated[dict[NoticeKind, Channels], Field(max_length=50)] = Field(
        default_factory=dict[NoticeKind, Channels]
    )
