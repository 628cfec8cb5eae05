"""Folding a ticket's events into its header, and into its messages.

The clients fold with the same rules: the public events alone, folded onto a public view, give
the public view of the whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from domain.approval.events import ApprovalChanged
from domain.assistant.events import AssistantRated
from domain.assistant.evolve import evolve_assistant
from domain.message import Audience, Event, Id, Meta, Millis
from domain.sla.events import SlaEvent
from domain.ticket import events as happened
from domain.ticket.evolve_private import evolve_private
from domain.ticket.state import Face, Message, Said, Status, Ticket
from domain.triage.events import TicketTriaged


def fold(ticket: Ticket, events: Iterable[Event], meta: Meta) -> Ticket:
    """The ticket after a whole commit; one without events moves `seq` only."""
    for event in events:
        ticket = evolve(ticket, event, meta)
    return ticket.model_copy(update={"seq": meta.seq})


def evolve(ticket: Ticket, event: Event, meta: Meta) -> Ticket:
    """The ticket after one event; an unknown event moves only `seq` and the heads."""
    changed: dict[str, Any] = _header(ticket, event, meta)
    changed["seq"] = meta.seq
    changed["assistant"] = evolve_assistant(ticket.assistant, event, meta)
    if event.audience is Audience.PUBLIC:
        changed["public"] = _face(ticket.public, event, meta)
    if ticket.staff is not None:
        changed["staff"] = _face(ticket.staff, event, meta)
    if ticket.private is not None:
        changed["private"] = evolve_private(ticket, ticket.private, event, meta)
    return ticket.model_copy(update=changed)


def evolve_message(
    message: Message | None, event: Event, meta: Meta, ticket_id: Id
) -> Message | None:
    """A message after an event of its ticket; None until it is posted."""
    match event:
        case happened.MessagePosted() if message is None:
            return Message(
                id=event.message_id,
                ticket_id=ticket_id,
                seq=meta.seq,
                at=meta.at,
                author=event.author,
                visibility=event.visibility,
                body=event.body,
                mentions=event.mentions,
                attachments=event.attachments,
                whisper=event.whisper,
                sources=event.sources,
                level=event.level,
            )
        case happened.MessageEdited() if message is not None and message.id == event.message_id:
            edits = (*message.edits, meta.seq)
            return message.model_copy(
                update={"body": event.body, "edited_at": meta.at, "edits": edits}
            )
        case happened.MessageRedacted() if message is not None and message.id == event.message_id:
            return _emptied(message, meta)
        case AssistantRated() if message is not None and message.id == event.message_id:
            return message.model_copy(update={"helpful": event.helpful})
        case happened.TicketDeleted() if message is not None:
            return _emptied(message, meta)
        case _:
            return message


def _header(ticket: Ticket, event: Event, meta: Meta) -> dict[str, Any]:
    match event:
        case happened.TicketOpened():
            return {
                "number": event.number,
                "title": event.title,
                "priority": event.priority,
                "category": event.category,
                "requester_id": event.requester_id,
                "company_id": event.company_id,
                "channel": event.channel,
                "inbox_id": event.inbox_id,
                "team_id": event.team_id,
                "due_at": event.due_at,
                "follow_up_of": event.follow_up_of,
                "opened_at": meta.at,
                "status_seq": meta.seq,
                "status_at": meta.at,
            }
        case happened.MessagePosted() if ticket.description_id is None:
            return {"description_id": event.message_id}
        case happened.TicketAssigned():
            return {"owner_id": event.agent_id, "team_id": event.team_id}
        case happened.StatusChanged():
            return {
                "status": event.status,
                "status_seq": meta.seq,
                "status_at": meta.at,
                "resolved_at": _resolved_at(ticket, event.status, meta.at),
            }
        case happened.PriorityChanged():
            return {"priority": event.priority}
        case happened.TicketRenamed():
            return {"title": event.title}
        case happened.CategoryChanged():
            return {"category": event.category}
        case happened.DueChanged():
            return {"due_at": event.due_at}
        case ApprovalChanged():
            return {"approval": event.approval}
        case happened.TicketFollowedUp():
            return {"follow_ups": (*ticket.follow_ups, event.follow_up_id)}
        case happened.TicketDeleted():
            return {"deleted": True, "title": "", "due_at": None}
        case _:
            return {}


def _resolved_at(ticket: Ticket, status: Status, now: Millis) -> Millis | None:
    if status.active:
        return None
    return now if ticket.status.active else ticket.resolved_at


def _face(face: Face, event: Event, meta: Meta) -> Face:
    changed: dict[str, Any] = {"head": meta.seq}
    if not isinstance(event, SlaEvent | TicketTriaged):
        changed["at"] = meta.at
    if isinstance(event, happened.MessagePosted):
        changed["messages"] = face.messages + 1
        others = tuple(said for said in face.said if said.author != event.author)
        changed["said"] = (Said(seq=meta.seq, author=event.author), *others[:1])
    return face.model_copy(update=changed)


def _emptied(message: Message, meta: Meta) -> Message:
    return message.model_copy(
        update={
            "body": "",
            "mentions": (),
            "attachments": (),
            "sources": (),
            "redacted_at": message.redacted_at or meta.at,
        }
    )
