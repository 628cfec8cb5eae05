"""What can happen to a ticket. Changes carry what was and what is."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field

from domain.assistant.state import AssistantLevel, Source
from domain.message import ActorRef, Audience, Event, Id, Millis
from domain.routing.state import SkillLevels
from domain.ticket.state import Attachment, Channel, Fields, Priority, Status, Visibility


class Cause(StrEnum):
    """Why a status changed."""

    PERSON = "person"
    REPLY = "reply"
    QUIET = "quiet"


class TicketOpened(Event):
    """Always followed, in the same commit, by the message that describes it."""

    type: Literal["ticket.opened"] = "ticket.opened"
    number: int
    title: str
    priority: Priority
    category: Id | None
    requester_id: Id
    company_id: Id | None
    channel: Channel
    inbox_id: Id
    team_id: Id
    due_at: Millis | None
    follow_up_of: Id | None


class MessageEvent(Event):
    """Seen by whom the message is for."""

    message_id: Id
    visibility: Visibility

    @property
    def audience(self) -> Audience:
        return Audience.PUBLIC if self.visibility is Visibility.PUBLIC else Audience.STAFF


class MessagePosted(MessageEvent):
    type: Literal["message.posted"] = "message.posted"
    body: str
    author: ActorRef
    mentions: tuple[Id, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    whisper: bool = False
    sources: tuple[Source, ...] = ()
    level: AssistantLevel | None = None


class MessageEdited(MessageEvent):
    type: Literal["message.edited"] = "message.edited"
    body: str


class MessageRedacted(MessageEvent):
    """The text is gone already when this is seen."""

    type: Literal["message.redacted"] = "message.redacted"


class TicketAssigned(Event):
    type: Literal["ticket.assigned"] = "ticket.assigned"
    agent_id: Id | None
    team_id: Id
    before_agent_id: Id | None
    before_team_id: Id


class StatusChanged(Event):
    type: Literal["ticket.status_changed"] = "ticket.status_changed"
    before: Status
    status: Status
    cause: Cause
    reason: str | None = None


class PriorityChanged(Event):
    type: Literal["ticket.priority_changed"] = "ticket.priority_changed"
    before: Priority
    priority: Priority


class TicketRenamed(Event):
    type: Literal["ticket.renamed"] = "ticket.renamed"
    before: str
    title: str


class CategoryChanged(Event):
    type: Literal["ticket.category_changed"] = "ticket.category_changed"
    before: Id | None
    category: Id | None


class DueChanged(Event):
    type: Literal["ticket.due_changed"] = "ticket.due_changed"
    before: Millis | None
    due_at: Millis | None


class TagsChanged(Event):
    type: Literal["ticket.tags_changed"] = "ticket.tags_changed"
    seen_by: ClassVar[Audience] = Audience.STAFF
    before: tuple[str, ...]
    tags: tuple[str, ...]


class FieldsChanged(Event):
    type: Literal["ticket.fields_changed"] = "ticket.fields_changed"
    seen_by: ClassVar[Audience] = Audience.STAFF
    before: Fields
    fields: Fields


class SkillsChanged(Event):
    type: Literal["ticket.skills_changed"] = "ticket.skills_changed"
    seen_by: ClassVar[Audience] = Audience.STAFF
    before: tuple[Id, ...]
    required_skills: tuple[Id, ...]
    skill_levels: SkillLevels = Field(default_factory=dict)
    """As they are afterwards."""


class TicketFollowedUp(Event):
    type: Literal["ticket.followed_up"] = "ticket.followed_up"
    follow_up_id: Id


class TicketDeleted(Event):
    """The ticket is gone; every text in its log is a tombstone already when this is seen."""

    type: Literal["ticket.deleted"] = "ticket.deleted"
