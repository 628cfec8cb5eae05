"""When a ticket next wants something done by itself, and what that is.

Nothing is scheduled beside the ticket: what its header says is what is due. Each wake is a
command of the machine, whose generation is the seq that its moment was set at; whoever carries
it out must move the moment on, or it is due for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from domain.approval.commands import RemindApproval
from domain.approval.state import ApprovalStatus
from domain.assistant.commands import WakeAssistant
from domain.assistant.turn import wakes_at
from domain.message import Command, Millis
from domain.routing.commands import EndOffer, EndSnooze
from domain.sla.commands import SlaTick
from domain.ticket.commands import TimerCommand
from domain.ticket.state import StaffPart, Ticket


class Wake(NamedTuple):
    """Something that is due at a moment, and the machine's command that does it."""

    at: Millis
    command: Callable[[], Command]


def wakes(ticket: Ticket) -> list[Wake]:
    """All that a ticket waits for, the first due first."""
    if not ticket.exists or ticket.private is None:
        return []
    return sorted(_wakes(ticket, ticket.private), key=lambda wake: wake.at)


def _wakes(ticket: Ticket, private: StaffPart) -> Iterator[Wake]:
    if private.offer is not None:
        offer = private.offer
        yield Wake(offer.until, partial(_command, EndOffer, ticket, offer.seq))
    if private.snoozed_until is not None:
        end = partial(_command, EndSnooze, ticket, private.snoozed_seq)
        yield Wake(private.snoozed_until, end)
    if private.sla is not None and private.sla.wake_at is not None:
        yield Wake(private.sla.wake_at, partial(_command, SlaTick, ticket, private.sla.seq))
    if ticket.assistant is not None and (at := wakes_at(ticket)) is not None:
        yield Wake(at, partial(_command, WakeAssistant, ticket, ticket.assistant.seq))
    if ticket.approval is ApprovalStatus.WAITING and private.approval is not None:
        approval = private.approval
        if approval.wake_at is not None:
            remind = partial(_command, RemindApproval, ticket, approval.seq)
            yield Wake(approval.wake_at, remind)


def _command(kind: type[TimerCommand], ticket: Ticket, generation: int) -> TimerCommand:
    """Its id is the same however often it is due."""
    name = kind.model_fields["type"].default.removeprefix("ticket.")
    return kind.model_validate(
        {
            "command_id": f"{name}:ticket:{ticket.id}:{generation}",
            "ticket_id": ticket.id,
            "generation": generation,
        }
    )
