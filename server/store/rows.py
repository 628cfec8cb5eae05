"""Rows of feed rooms: which lists a ticket stands in, and what it looks like there."""

from __future__ import annotations

from typing import Any, NamedTuple

from domain.audience import team_room, user_room
from domain.message import Audience, Id
from domain.ticket.state import Status, Ticket


class RowEntry(NamedTuple):
    """One ticket's row in one room; `row` is None where the ticket is not in that list."""

    ticket_id: Id
    seq: int
    row: dict[str, Any] | None


def rows_of(ticket: Ticket, requester_room: str | None) -> dict[str, RowEntry]:
    """The rows of a ticket, by room.

    Its team and its owner see it until it is closed, its requester until it is deleted.
    `requester_room` is that of the contact whom the requester is today.
    """
    rows: dict[str, RowEntry] = {}
    if not ticket.exists:
        return rows
    if requester_room is not None:
        rows[requester_room] = row_entry(ticket, Audience.PUBLIC)
    if ticket.status is not Status.CLOSED:
        rows |= dict.fromkeys(staff_rooms(ticket), row_entry(ticket, Audience.STAFF))
    return rows


def staff_rooms(ticket: Ticket) -> list[str]:
    """The lists of staff that a ticket belongs to while it is not closed."""
    rooms = [team_room(ticket.team_id)] if ticket.team_id else []
    return rooms + ([user_room(ticket.owner_id)] if ticket.owner_id else [])


def gone_entry(ticket: Ticket, audience: Audience) -> RowEntry:
    """What a list is told that a ticket has left."""
    return RowEntry(ticket.id, ticket.face(audience).head, None)


def row_entry(ticket: Ticket, audience: Audience) -> RowEntry:
    """A ticket as a list shows it to an audience; only staff's rows have tags and
    clocks."""
    face = ticket.face(audience)
    row: dict[str, Any] = {
        "id": ticket.id,
        "number": ticket.number,
        "title": ticket.title,
        "status": ticket.status.value,
        "priority": ticket.priority.value,
        "category": ticket.category,
        "requester_id": ticket.requester_id,
        "company_id": ticket.company_id,
        "channel": ticket.channel.value,
        "inbox_id": ticket.inbox_id,
        "team_id": ticket.team_id,
        "owner_id": ticket.owner_id,
        "due_at": ticket.due_at,
        "opened_at": ticket.opened_at,
        "at": face.at,
        "messages": face.messages,
        "approval": ticket.approval.value if ticket.approval else None,
        "assistant": ticket.assistant.state.value if ticket.assistant else None,
        "said": face.said[0].model_dump(mode="json") if face.said else None,
    }
    if audience is Audience.STAFF and ticket.private is not None:
        row["tags"] = list(ticket.private.tags)
        row["snoozed_until"] = ticket.private.snoozed_until
        sla = ticket.private.sla
        row["sla"] = [clock.model_dump(mode="json") for clock in sla.clocks] if sla else []
    return RowEntry(ticket.id, face.head, row)
