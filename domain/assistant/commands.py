"""What can be asked about the assistant in a ticket, and what it asks itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.assistant.state import AssistantLevel, HandOver, Source
from domain.message import Id
from domain.ticket.commands import TicketCommand, TimerCommand
from domain.ticket.state import Body

Sources = Annotated[tuple[Source, ...], Field(max_length=5)]


class AskPerson(TicketCommand):
    """The client's: leave it to people from now on."""

    type: Literal["ticket.ask_person"] = "ticket.ask_person"


class RateAnswer(TicketCommand):
    """The client's: whether an answer helped."""

    type: Literal["assistant.rate"] = "assistant.rate"
    message_id: Id
    helpful: bool


class Answer(TicketCommand):
    """The assistant's: say something. `about_seq` is the seq of the message that it answers."""

    type: Literal["assistant.answer"] = "assistant.answer"
    about_seq: int
    body: Body
    sources: Sources = ()
    level: AssistantLevel


class HandOverTicket(TicketCommand):
    """The assistant's: leave it to people, with what was found; `note` is for them alone."""

    type: Literal["assistant.hand_over"] = "assistant.hand_over"
    about_seq: int
    reason: HandOver
    found: Sources = ()
    note: Body | None = None


class WakeAssistant(TimerCommand):
    """Its time is up, or the client's; its generation is the assistant's `seq`."""

    type: Literal["assistant.wake"] = "assistant.wake"


AssistantsCommand = Answer | HandOverTicket
"""What only the assistant itself asks."""
