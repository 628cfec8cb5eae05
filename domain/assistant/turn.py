"""Whose turn it is in a ticket: the assistant's, until a person or the client ends it."""

from __future__ import annotations

from collections.abc import Sequence

from domain.access import Actor
from domain.assistant.events import AssistantHandedOver
from domain.assistant.state import Assistant, AssistantState, HandOver
from domain.message import ActorKind, Event, Millis
from domain.ticket.events import Cause, MessagePosted, StatusChanged, TicketAssigned
from domain.ticket.state import Status, Ticket, Visibility

ANSWER_WITHIN: Millis = 60_000
"""So long the assistant may take; then people go on, whatever became of it."""
SILENCE: Millis = 24 * 3_600_000
"""After so long without a word of the client an answer is taken to have been enough."""
MOST_IN_A_ROW = 3
MOST_UNHELPFUL = 2


def its_turn(ticket: Ticket) -> bool:
    """Whether the assistant speaks here: then nobody is given the ticket by the router."""
    return ticket.assistant is not None and ticket.assistant.its_turn


def rests(assistant: Assistant | None) -> bool:
    """Whether the client has an answer and is the next to say something."""
    return assistant is not None and assistant.state is AssistantState.ANSWERED


def has_said_enough(assistant: Assistant) -> bool:
    """Whether one more answer would only go round in circles."""
    return assistant.answers >= MOST_IN_A_ROW or assistant.unhelpful >= MOST_UNHELPFUL


def wakes_at(ticket: Ticket) -> Millis | None:
    """When its turn ends by itself."""
    assistant = ticket.assistant
    if assistant is None or not assistant.its_turn or not ticket.status.active:
        return None
    return assistant.at + (SILENCE if rests(assistant) else ANSWER_WITHIN)


def yielding(ticket: Ticket, events: Sequence[Event], actor: Actor) -> list[Event]:
    """What is decided, and the end of the assistant's turn where that ends it."""
    if not its_turn(ticket) or any(isinstance(each, AssistantHandedOver) for each in events):
        return list(events)
    reasons = (_ended_by(event, actor) for event in events)
    reason = next((each for each in reasons if each is not None), None)
    return [*events, *([AssistantHandedOver(reason=reason)] if reason else ())]


def _ended_by(event: Event, actor: Actor) -> HandOver | None:
    person = actor.kind is ActorKind.AGENT
    match event:
        case TicketAssigned():
            # A machine that finds the right team for it takes it from nobody.
            given = person or event.agent_id is not None
            return HandOver.TAKEN if given else None
        case MessagePosted():
            return HandOver.TAKEN if person and event.visibility is Visibility.PUBLIC else None
        case StatusChanged() if event.cause is Cause.PERSON:
            if person:
                return HandOver.TAKEN
            # Who brings it back without a word does not ask the assistant again.
            return HandOver.NOT_HELPFUL if event.status is Status.OPEN else None
        case _:
            return None
