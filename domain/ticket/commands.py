"""What can be asked of a ticket."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.message import Command, Id, Millis
from domain.routing.state import SkillLevels
from domain.ticket.state import (
    Body,
    Channel,
    Fields,
    Priority,
    Status,
    Tag,
    Title,
    Visibility,
)

Seq = Annotated[int, Field(ge=0, le=2**53 - 1)]
Reason = Annotated[str, Field(max_length=500)]
Tags = Annotated[tuple[Tag, ...], Field(max_length=50)]
Mentions = Annotated[tuple[Id, ...], Field(max_length=20)]
Attachments = Annotated[tuple[Id, ...], Field(max_length=10)]


class OpenTicket(Command):
    """Open a ticket. Its id is derived from who opens it and the command id."""

    type: Literal["ticket.open"] = "ticket.open"
    title: Title
    body: Body
    priority: Priority | None = None
    category: Id | None = None
    inbox_id: Id | None = None
    requester_id: Id | None = None
    channel: Channel = Channel.PORTAL
    due_at: Millis | None = None
    tags: Tags = ()
    fields: Fields = Field(default_factory=dict)
    required_skills: Annotated[tuple[Id, ...], Field(max_length=20)] = ()
    skill_levels: SkillLevels = Field(default_factory=dict)
    attachments: Attachments = ()


class TicketCommand(Command):
    """A command to a ticket that is there."""

    ticket_id: Id

    @property
    def stream(self) -> str:
        return f"ticket:{self.ticket_id}"


class Reply(TicketCommand):
    """Say something. With `seen_seq`, `stale` refuses it where something newer was said."""

    type: Literal["ticket.reply"] = "ticket.reply"
    body: Body
    visibility: Visibility = Visibility.PUBLIC
    seen_seq: Seq | None = None
    mentions: Mentions = ()
    attachments: Attachments = ()


class EditMessage(TicketCommand):
    type: Literal["ticket.edit_message"] = "ticket.edit_message"
    message_id: Id
    body: Body


class RedactMessage(TicketCommand):
    """Take a message's text away for good, everywhere."""

    type: Literal["ticket.redact_message"] = "ticket.redact_message"
    message_id: Id


class AssignTicket(TicketCommand):
    """Give a ticket an owner, or with `agent_id: null` none; `team_id` moves it to a team.

    With `if_free` only where nobody has it yet: of two who take it at once, one does.
    """

    type: Literal["ticket.assign"] = "ticket.assign"
    agent_id: Id | None
    team_id: Id | None = None
    if_free: bool = False


class SetStatus(TicketCommand):
    """Move through the lifecycle; the client reads the reason."""

    type: Literal["ticket.set_status"] = "ticket.set_status"
    status: Status
    reason: Reason | None = None


class SetPriority(TicketCommand):
    type: Literal["ticket.set_priority"] = "ticket.set_priority"
    priority: Priority


class UpdateTicket(TicketCommand):
    """Change some of the header; what is not named stays, null empties what may be empty."""

    type: Literal["ticket.update"] = "ticket.update"
    title: Title | None = None
    status: Status | None = None
    priority: Priority | None = None
    category: Id | None = None
    due_at: Millis | None = None
    tags: Tags | None = None
    fields: Fields | None = None
    required_skills: Annotated[tuple[Id, ...], Field(max_length=20)] | None = None
    skill_levels: SkillLevels | None = None
    """Without them, a skill that stays keeps its level."""


class DeleteTicket(TicketCommand):
    """Empty a ticket for good; its stream stays as a row of tombstones."""

    type: Literal["ticket.delete"] = "ticket.delete"


class TimerCommand(TicketCommand):
    """What a timer asks for. `generation` is the seq that it was set at; another is out of date."""

    generation: int


class CloseQuiet(TimerCommand):
    """Close what stayed resolved; its generation is the `status_seq`."""

    type: Literal["ticket.close_quiet"] = "ticket.close_quiet"


class LinkFollowUp(TicketCommand):
    """The last step of a reply to a closed ticket: name the follow-up it opened."""

    type: Literal["ticket.link_follow_up"] = "ticket.link_follow_up"
    follow_up_id: Id
    message_id: Id


class OpenFollowUp(Command):
    """The first step of a reply to a closed ticket: open the one that follows it."""

    type: Literal["ticket.open_follow_up"] = "ticket.open_follow_up"
    follow_up_of: Id
    body: Body
    attachments: Attachments = ()
