"""Folding what happens into the assistant's part of a header, and into what staff see of it."""

from __future__ import annotations

from domain.assistant.events import (
    AssistantBriefed,
    AssistantEngaged,
    AssistantHandedOver,
    AssistantRated,
)
from domain.assistant.state import Assistant, AssistantState, Briefing, Shown
from domain.message import ActorKind, Event, Id, Meta
from domain.ticket.events import MessagePosted, TicketDeleted
from domain.ticket.state import Visibility

KEPT = 20


def evolve_assistant(before: Assistant | None, event: Event, meta: Meta) -> Assistant | None:
    """The public part after an event; None where the assistant has no part in the ticket."""
    match event:
        case AssistantEngaged():
            return Assistant(state=AssistantState.WAITING, seq=meta.seq, at=meta.at)
        case TicketDeleted():
            return None
        case _:
            if before is None or not before.its_turn:
                return before
    moved = {"seq": meta.seq, "at": meta.at}
    match event:
        case MessagePosted() if event.visibility is Visibility.PUBLIC:
            if event.author.kind is ActorKind.CLIENT:
                return before.model_copy(update={**moved, "state": AssistantState.WAITING})
            if event.author.kind is ActorKind.ASSISTANT:
                answered = {"state": AssistantState.ANSWERED, "answers": before.answers + 1}
                return before.model_copy(update={**moved, **answered})
            return before
        case AssistantRated():
            if event.helpful:
                return before.model_copy(update={"answers": 0, "unhelpful": 0})
            return before.model_copy(update={"unhelpful": before.unhelpful + 1})
        case AssistantHandedOver():
            over = {"state": AssistantState.HANDED_OVER, "reason": event.reason}
            return before.model_copy(update={**moved, **over})
        case _:
            return before


def evolve_briefing(
    before: Briefing | None, event: Event, *, its_turn: bool, description_id: Id | None
) -> Briefing | None:
    """What staff see of it after an event. `its_turn` is as it was before."""
    if isinstance(event, AssistantEngaged):
        return Briefing(asked=(description_id,) if description_id else ())
    if before is None:
        return None
    match event:
        case AssistantRated():
            return before.model_copy(
                update={
                    "shown": tuple(
                        each.model_copy(update={"helpful": event.helpful})
                        if each.message_id == event.message_id
                        else each
                        for each in before.shown
                    )
                }
            )
        case AssistantBriefed():
            return before.model_copy(update={"found": event.found})
        case MessagePosted() if its_turn and event.visibility is Visibility.PUBLIC:
            if event.author.kind is ActorKind.CLIENT:
                return before.model_copy(
                    update={"asked": (*before.asked, event.message_id)[-KEPT:]}
                )
            shown = (
                Shown(message_id=event.message_id, article_id=each.article_id, title=each.title)
                for each in event.sources
            )
            return before.model_copy(update={"shown": (*before.shown, *shown)[-KEPT:]})
        case _:
            return before
