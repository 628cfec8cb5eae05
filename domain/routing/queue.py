"""Who is next: the order of the tickets that wait for an owner.

Each priority has a head start, as if its tickets had come so much earlier; then the oldest is
first. So an urgent ticket passes what came in the hours before it, and nothing else: whatever
waits has a moment after which nothing that is asked is put before it.
"""

from __future__ import annotations

from collections.abc import Iterable

from domain.approval.state import ApprovalStatus
from domain.assistant.turn import its_turn
from domain.message import Millis
from domain.ticket.state import Priority, Status, Ticket

MINUTE: Millis = 60_000
HEAD_START: dict[Priority, Millis] = {
    Priority.LOW: 0,
    Priority.MEDIUM: 20 * MINUTE,
    Priority.HIGH: 60 * MINUTE,
    Priority.URGENT: 240 * MINUTE,
}


def is_waiting(ticket: Ticket) -> bool:
    """Whether a ticket waits for an owner whom it could be given to now.

    What waits for its client, the assistant or an approval, is snoozed or is being offered does
    not.
    """
    private = ticket.private
    return is_queued(ticket) and private is not None and private.offer is None


def is_queued(ticket: Ticket) -> bool:
    """Whether a ticket waits for an owner, be it offered to somebody or not."""
    private = ticket.private
    return (
        ticket.exists
        and private is not None
        and ticket.team_id is not None
        and ticket.owner_id is None
        and ticket.status in (Status.OPEN, Status.IN_PROGRESS)
        and not its_turn(ticket)
        and ticket.approval is not ApprovalStatus.WAITING
        and private.snoozed_until is None
    )


def comes_to_wait(before: Ticket, after: Ticket) -> bool:
    """Whether a ticket waits that did not before, or not in this team."""
    moved = before.team_id != after.team_id
    return is_waiting(after) and (moved or not is_waiting(before))


def place(ticket: Ticket) -> tuple[Millis, int]:
    """What tickets are ordered by: the lowest is first. What comes back from an owner who did not
    answer stands where its client's wait puts it."""
    private = ticket.private
    queued_at = (private and private.queued_at) or ticket.opened_at
    asked_at = (private and private.asked_at) or queued_at
    return min(queued_at, asked_at) - HEAD_START[ticket.priority], ticket.number


def in_order(tickets: Iterable[Ticket]) -> list[Ticket]:
    """The tickets that wait, the first to be given first; those that are offered among them."""
    return sorted(filter(is_queued, tickets), key=place)
