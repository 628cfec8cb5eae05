"""What a supervisor can do about somebody's ticket, beside what everybody can."""

from __future__ import annotations

from typing import Literal

from domain.message import Id
from domain.ticket.commands import TicketCommand
from domain.ticket.state import Body


class Observe(TicketCommand):
    """Say that one looks on: the log of the ticket has it, and staff see it."""

    type: Literal["ticket.observe"] = "ticket.observe"


class Whisper(TicketCommand):
    """A note for who looks after the ticket, which the client never sees."""

    type: Literal["ticket.whisper"] = "ticket.whisper"
    body: Body


class Barge(TicketCommand):
    """Answer the client in the place of who looks after the ticket."""

    type: Literal["ticket.barge"] = "ticket.barge"
    body: Body


class TakeOver(TicketCommand):
    """Take a ticket from who has it, whatever team it is in. `agent_id` is oneself: for whom
    capacity is held."""

    type: Literal["ticket.take_over"] = "ticket.take_over"
    agent_id: Id


SupervisorsCommand = Observe | Whisper | Barge | TakeOver
