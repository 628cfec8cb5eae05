"""Taking an offer back, where what happens to its ticket takes that away."""

from __future__ import annotations

from collections.abc import Sequence

from domain.approval.events import ApprovalAsked
from domain.message import Event
from domain.routing.events import Ended, OfferEnded, TicketSnoozed
from domain.ticket.events import StatusChanged, TicketAssigned
from domain.ticket.state import Status, Ticket


def withdrawn_offer(ticket: Ticket) -> list[Event]:
    """What a ticket that somebody else decides about means for its offer; it comes first."""
    offer = ticket.private and ticket.private.offer
    if not offer:
        return []
    return [OfferEnded(agent_id=offer.agent_id, outcome=Ended.WITHDRAWN)]


def withdrawing(ticket: Ticket, events: Sequence[Event]) -> list[Event]:
    """What is decided, with the offer's end before it where that takes the ticket away."""
    offer = ticket.private and ticket.private.offer
    if not offer or any(isinstance(event, OfferEnded) for event in events):
        return list(events)
    return [*(withdrawn_offer(ticket) if any(map(_takes_away, events)) else ()), *events]


def _takes_away(event: Event) -> bool:
    match event:
        case TicketAssigned() | ApprovalAsked():
            return True
        case StatusChanged():
            return event.status not in (Status.OPEN, Status.IN_PROGRESS)
        case TicketSnoozed():
            return event.until is not None
        case _:
            return False
