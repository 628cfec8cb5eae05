"""What stays of an event once its words must go.

The store overwrites the log with it before the event that says so is published. Folding
tombstones gives the same state as folding the words did, from that event on.
"""

from __future__ import annotations

from domain.approval.events import ApprovalChanged, ApprovalDecided
from domain.message import Event
from domain.ticket import events as happened


def without_words(event: Event) -> Event:
    """The event with everything taken out that somebody wrote; ids and times stay."""
    match event:
        case happened.MessagePosted():
            gone = {"body": "", "mentions": (), "attachments": (), "sources": ()}
            return event.model_copy(update=gone)
        case happened.MessageEdited():
            return event.model_copy(update={"body": ""})
        case happened.TicketOpened():
            return event.model_copy(update={"title": ""})
        case happened.TicketRenamed():
            return event.model_copy(update={"before": "", "title": ""})
        case happened.StatusChanged() | ApprovalDecided() | ApprovalChanged():
            return event.model_copy(update={"reason": None})
        case happened.TagsChanged():
            return event.model_copy(update={"before": (), "tags": ()})
        case happened.FieldsChanged():
            return event.model_copy(update={"before": {}, "fields": {}})
        case _:
            return event
