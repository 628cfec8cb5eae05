"""Keeps live traffic from growing without bound: what it left is resolved, closed, deleted."""

from __future__ import annotations

import logging

from domain.errors import DomainError
from domain.message import Millis
from domain.ticket.commands import DeleteTicket, SetStatus, TicketCommand
from domain.ticket.state import Status
from server.composition import Parts
from server.demo.marks import TRAFFIC_TAG, fresh_id
from server.demo.places import MOVER
from server.demo.touched import ACTIVE, untouched
from server.store.connect import Raw

logger = logging.getLogger(__name__)

MINUTE, DAY = 60_000, 86_400_000
RESOLVED_AFTER: Millis = 20 * MINUTE
CLOSED_AFTER: Millis = 60 * MINUTE
DELETED_AFTER: Millis = 2 * DAY
MOST = 400
"""Closed ones beyond so many are deleted sooner, the oldest first."""
AT_ONCE = 20


async def tidy(parts: Parts) -> int:
    """One round over simulated tickets that no real person had a hand in; how many it moved."""
    now = parts.clock.now()
    since = "state.status_at"
    ours = {"state.private.tags": TRAFFIC_TAG}
    waiting = {"state.status": {"$in": ACTIVE}, "state.staff.at": {"$lt": now - RESOLVED_AFTER}}
    solved = {"state.status": Status.RESOLVED.value, since: {"$lt": now - CLOSED_AFTER}}
    closed = await untouched(parts.store, {**ours, "state.status": Status.CLOSED.value})
    old = [each for each in closed if each["state"]["status_at"] < now - DELETED_AFTER]
    left = await untouched(parts.store, {**ours, **waiting})
    quiet = await untouched(parts.store, {**ours, **solved})
    done = [
        *(_move(each, Status.RESOLVED) for each in left),
        *(_move(each, Status.CLOSED) for each in quiet),
        *(_delete(each) for each in closed[: max(len(old), len(closed) - MOST)]),
    ]
    for command in done[:AT_ONCE]:
        try:
            await parts.dispatch.dispatch(command, MOVER)
        except DomainError as error:
            logger.info("a simulated ticket stays as it is: %s", error)
    return len(done[:AT_ONCE])


def _move(header: Raw, status: Status) -> TicketCommand:
    return SetStatus(command_id=fresh_id(), ticket_id=header["_id"], status=status)


def _delete(header: Raw) -> TicketCommand:
    return DeleteTicket(command_id=fresh_id(), ticket_id=header["_id"])
