"""What can happen between a client and the assistant."""

from __future__ import annotations

from typing import ClassVar, Literal

from domain.assistant.state import HandOver, Source
from domain.message import Audience, Event
from domain.ticket.events import MessageEvent


class AssistantEngaged(Event):
    """The assistant speaks first in this ticket; it stands behind the message that opened it."""

    type: Literal["assistant.engaged"] = "assistant.engaged"


class AssistantHandedOver(Event):
    """People go on; the assistant says nothing more in this ticket."""

    type: Literal["assistant.handed_over"] = "assistant.handed_over"
    reason: HandOver


class AssistantRated(MessageEvent):
    """What the client says of an answer."""

    type: Literal["assistant.rated"] = "assistant.rated"
    helpful: bool


class AssistantBriefed(Event):
    """What was found and not shown, for the people who go on."""

    type: Literal["assistant.briefed"] = "assistant.briefed"
    seen_by: ClassVar[Audience] = Audience.STAFF
    found: tuple[Source, ...]
