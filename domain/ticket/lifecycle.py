"""Which status may follow which, and why not."""

from __future__ import annotations

from domain.access import Actor
from domain.errors import Conflict, Forbidden
from domain.message import ActorKind
from domain.ticket.state import Status

FOLLOWS: dict[Status, tuple[Status, ...]] = {
    Status.OPEN: (Status.IN_PROGRESS, Status.PENDING, Status.RESOLVED, Status.CLOSED),
    Status.IN_PROGRESS: (Status.OPEN, Status.PENDING, Status.RESOLVED, Status.CLOSED),
    Status.PENDING: (Status.OPEN, Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED),
    Status.RESOLVED: (Status.OPEN, Status.IN_PROGRESS, Status.CLOSED),
    Status.CLOSED: (Status.OPEN,),
}
"""What may follow each status; a client may do only some of it."""


def check_move(before: Status, after: Status, actor: Actor) -> None:
    """Raise Conflict for a move nobody may make, Forbidden for one that is the staff's."""
    if actor.kind is ActorKind.CLIENT:
        _check_client(before, after)
    if after not in FOLLOWS[before]:
        raise Conflict(
            f"A {_words(before)} ticket cannot become {_words(after)}; "
            f"it can become {_either(FOLLOWS[before])}."
        )


def _check_client(before: Status, after: Status) -> None:
    if before is Status.CLOSED:
        raise Forbidden(
            "Only staff may reopen a closed ticket; write a reply, and it goes on in a new one."
        )
    if after in (Status.IN_PROGRESS, Status.PENDING):
        raise Forbidden(f"Only those who help you may set a ticket to {_words(after)}.")
    if after is Status.OPEN and before is not Status.RESOLVED:
        raise Forbidden(
            f"You may reopen a resolved ticket; this one is {_words(before)}. "
            "A reply brings it to us as well."
        )


def _words(status: Status) -> str:
    return status.value.replace("_", " ")


def _either(statuses: tuple[Status, ...]) -> str:
    *others, last = (_words(status) for status in statuses)
    return f"{', '.join(others)} or {last}" if others else last
