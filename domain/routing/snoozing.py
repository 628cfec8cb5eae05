"""Putting a ticket out of sight until a moment, and what brings it back before."""

from __future__ import annotations

from collections.abc import Sequence

from domain.errors import Conflict, Invalid
from domain.message import ActorKind, Event, Millis
from domain.routing.commands import SnoozeTicket
from domain.routing.events import TicketSnoozed
from domain.ticket.events import MessagePosted
from domain.ticket.state import Ticket, Visibility

LONGEST: Millis = 366 * 24 * 3_600_000


def decide_snooze(ticket: Ticket, command: SnoozeTicket, now: Millis) -> list[Event]:
    """Out of the queue and of the lists until a moment; null: back at once."""
    private = ticket.private
    if private is None or command.until == private.snoozed_until:
        return []
    if command.until is None:
        return [TicketSnoozed(until=None)]
    if not ticket.status.active:
        raise Conflict("Nobody works on this ticket any more: there is nothing to put off.")
    if not now < command.until <= now + LONGEST:
        raise Invalid(
            "Say a moment that is still to come, within a year.", fields={"until": "not then"}
        )
    return [TicketSnoozed(until=command.until)]


def woken(ticket: Ticket, events: Sequence[Event]) -> list[Event]:
    """What is decided, and the end of a snooze where the client has said something."""
    snoozed = ticket.private is not None and ticket.private.snoozed_until is not None
    if snoozed and any(map(_is_clients, events)):
        return [*events, TicketSnoozed(until=None)]
    return list(events)


def _is_clients(event: Event) -> bool:
    return (
        isinstance(event, MessagePosted)
        and event.visibility is Visibility.PUBLIC
        and event.author.kind is ActorKind.CLIENT
    )
