"""What can be asked of a ticket on its way to an owner."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.message import Id, Millis
from domain.routing.events import RequeueReason
from domain.routing.state import Candidate
from domain.ticket.commands import TicketCommand, TimerCommand
from domain.ticket.state import Body

Candidates = Annotated[tuple[Candidate, ...], Field(max_length=20)]


class AcceptOffer(TicketCommand):
    """Take what one is offered."""

    type: Literal["ticket.accept_offer"] = "ticket.accept_offer"


class DeclineOffer(TicketCommand):
    """Leave what one is offered to somebody else."""

    type: Literal["ticket.decline_offer"] = "ticket.decline_offer"


class TransferTicket(TicketCommand):
    """Hand a ticket to a team or a colleague, with a note for who gets it, in one step."""

    type: Literal["ticket.transfer"] = "ticket.transfer"
    agent_id: Id | None = None
    team_id: Id | None = None
    note: Body


class SnoozeTicket(TicketCommand):
    """Put a ticket out of sight until a moment or until its client says something; null: bring it
    back."""

    type: Literal["ticket.snooze"] = "ticket.snooze"
    until: Millis | None


class OfferTicket(TicketCommand):
    """The router's: offer a ticket that waits to somebody, for so many seconds."""

    type: Literal["ticket.offer"] = "ticket.offer"
    agent_id: Id
    seconds: int
    candidates: Candidates = ()


class RouteTicket(TicketCommand):
    """The router's: give a ticket that waits to somebody."""

    type: Literal["ticket.route"] = "ticket.route"
    agent_id: Id
    candidates: Candidates = ()


class RequeueTicket(TicketCommand):
    """The clock's: take a ticket that waits for an answer from an owner who gives none."""

    type: Literal["ticket.requeue"] = "ticket.requeue"
    agent_id: Id
    reason: RequeueReason


RouterCommand = OfferTicket | RouteTicket | RequeueTicket
"""What only the machine asks."""


class EndOffer(TimerCommand):
    """Nobody answered an offer in its time; its generation is the offer's `seq`."""

    type: Literal["ticket.end_offer"] = "ticket.end_offer"


class EndSnooze(TimerCommand):
    """A ticket's snooze is over; its generation is `snoozed_seq`."""

    type: Literal["ticket.end_snooze"] = "ticket.end_snooze"
