"""What can happen to a ticket on its way to an owner."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal

from domain.message import Audience, Event, Id, Millis
from domain.routing.state import Candidate


class RoutingEvent(Event):
    seen_by: ClassVar[Audience] = Audience.STAFF


class Ended(StrEnum):
    """What became of an offer."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class RequeueReason(StrEnum):
    """Why a ticket was taken from its owner and waits again."""

    SHIFT_END = "shift_end"
    LEAVE = "leave"
    VANISHED = "vanished"
    SLA = "sla"
    PERSON = "person"


class TicketOffered(RoutingEvent):
    """Its commit's id is the reservation that holds the agent's capacity."""

    type: Literal["ticket.offered"] = "ticket.offered"
    agent_id: Id
    until: Millis


class OfferEnded(RoutingEvent):
    """Where the ticket was accepted, it stands after the assignment, which so keeps what the offer
    held; in all other cases before."""

    type: Literal["ticket.offer_ended"] = "ticket.offer_ended"
    agent_id: Id
    outcome: Ended


class TicketRouted(RoutingEvent):
    """Why it was offered or given to somebody, or why to nobody."""

    type: Literal["ticket.routed"] = "ticket.routed"
    agent_id: Id | None
    candidates: tuple[Candidate, ...]


class TicketRequeued(RoutingEvent):
    """Why the assignment beside it took the ticket from its owner."""

    type: Literal["ticket.requeued"] = "ticket.requeued"
    agent_id: Id
    reason: RequeueReason


class TicketSnoozed(RoutingEvent):
    """Out of sight until a moment; null: it is back."""

    type: Literal["ticket.snoozed"] = "ticket.snoozed"
    until: Millis | None


class Intervention(StrEnum):
    """How a supervisor took part."""

    OBSERVE = "observe"
    BARGE = "barge"
    TAKE_OVER = "take_over"


class TicketSupervised(RoutingEvent):
    """Who did it is the commit's actor."""

    type: Literal["ticket.supervised"] = "ticket.supervised"
    kind: Intervention
