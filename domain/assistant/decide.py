"""The rules of the assistant: when it may speak, and when it leaves a ticket to people."""

from __future__ import annotations

from domain.access import Actor
from domain.assistant.commands import (
    Answer,
    AskPerson,
    HandOverTicket,
    RateAnswer,
    WakeAssistant,
)
from domain.assistant.events import AssistantBriefed, AssistantHandedOver, AssistantRated
from domain.assistant.state import Assistant, AssistantLevel, AssistantState, HandOver
from domain.assistant.turn import MOST_UNHELPFUL, has_said_enough, its_turn, rests, wakes_at
from domain.errors import Conflict
from domain.message import ActorKind, Event, Millis, derived_id
from domain.routing.decide import not_before
from domain.ticket.commands import TicketCommand
from domain.ticket.decide_conversation import check_not_blocked, visible_message
from domain.ticket.events import Cause, MessagePosted, StatusChanged
from domain.ticket.facts import Facts
from domain.ticket.state import Status, Ticket, Visibility

AssistantCommand = AskPerson | RateAnswer | Answer | HandOverTicket | WakeAssistant


def decide_assistant(
    ticket: Ticket, command: AssistantCommand, actor: Actor, now: Millis, facts: Facts
) -> list[Event]:
    """What follows from a command about the assistant."""
    match command:
        case AskPerson():
            return _decide_ask_person(ticket, actor, facts)
        case RateAnswer():
            return _decide_rate(ticket, command, actor, facts)
        case Answer():
            return _decide_answer(ticket, command, actor)
        case HandOverTicket():
            return _decide_hand_over(ticket, command, actor)
        case WakeAssistant():
            return _decide_wake(ticket, command, now)


def _decide_ask_person(ticket: Ticket, actor: Actor, facts: Facts) -> list[Event]:
    """Where people have it already, nothing has to be said."""
    check_not_blocked(actor, facts)
    if ticket.status is Status.CLOSED:
        raise Conflict("This ticket is closed; a reply opens a new one that follows it.")
    if not its_turn(ticket):
        return []
    return [*_brought_back(ticket), AssistantHandedOver(reason=HandOver.ASKED)]


def _decide_rate(ticket: Ticket, command: RateAnswer, actor: Actor, facts: Facts) -> list[Event]:
    """What helped resolves the ticket; what did not again and again leaves it to people."""
    check_not_blocked(actor, facts)
    message = visible_message(ticket, command.message_id, actor, facts)
    if message.author.kind is not ActorKind.ASSISTANT or message.level is AssistantLevel.QUESTION:
        raise Conflict("Only what the assistant answered can be rated.")
    if message.helpful is command.helpful:
        return []
    rated = AssistantRated(
        message_id=message.id, visibility=message.visibility, helpful=command.helpful
    )
    assistant = ticket.assistant
    if assistant is None or not assistant.its_turn or ticket.status is Status.CLOSED:
        return [rated]
    if command.helpful:
        done = rests(assistant) and ticket.status.active
        return [rated, *(_resolved(ticket, Cause.PERSON) if done else ())]
    if assistant.unhelpful + 1 < MOST_UNHELPFUL:
        return [rated]
    return [rated, *_brought_back(ticket), AssistantHandedOver(reason=HandOver.NOT_HELPFUL)]


def _decide_answer(ticket: Ticket, command: Answer, actor: Actor) -> list[Event]:
    """A message to the client, who still waits for it and for no person."""
    if has_said_enough(_asked(ticket, command.about_seq)):
        raise Conflict("The assistant has said enough here; people go on.")
    return [
        MessagePosted(
            message_id=_message_id(actor, command),
            visibility=Visibility.PUBLIC,
            body=command.body,
            author=actor.ref,
            sources=command.sources,
            level=command.level,
        )
    ]


def _decide_hand_over(ticket: Ticket, command: HandOverTicket, actor: Actor) -> list[Event]:
    _asked(ticket, command.about_seq)
    events: list[Event] = []
    if command.note is not None:
        events.append(
            MessagePosted(
                message_id=_message_id(actor, command),
                visibility=Visibility.PRIVATE,
                body=command.note,
                author=actor.ref,
            )
        )
    if command.found:
        events.append(AssistantBriefed(found=command.found))
    return [*events, AssistantHandedOver(reason=command.reason)]


def _decide_wake(ticket: Ticket, command: WakeAssistant, now: Millis) -> list[Event]:
    """Who got no answer in time is left to people; who has one and is silent is content."""
    assistant, due = ticket.assistant, wakes_at(ticket)
    if assistant is None or due is None or assistant.seq != command.generation:
        return []
    not_before(due, now)
    if rests(assistant):
        return _resolved(ticket, Cause.QUIET)
    return [AssistantHandedOver(reason=HandOver.FAILED)]


def _asked(ticket: Ticket, about_seq: int) -> Assistant:
    """The assistant, asked by just that message; Conflict where it is not its turn any more."""
    assistant = ticket.assistant
    if assistant is None or not assistant.its_turn:
        raise Conflict("People have this ticket; the assistant says nothing more in it.")
    if not ticket.status.active:
        raise Conflict("Nobody waits for an answer in this ticket any more.")
    if assistant.state is not AssistantState.WAITING or assistant.seq != about_seq:
        raise Conflict("The client said something newer, or has the answer already.")
    return assistant


def _message_id(actor: Actor, command: TicketCommand) -> str:
    return derived_id(actor.id, command.command_id, "message")


def _resolved(ticket: Ticket, cause: Cause) -> list[Event]:
    return [StatusChanged(before=ticket.status, status=Status.RESOLVED, cause=cause)]


def _brought_back(ticket: Ticket) -> list[Event]:
    """People are given only what is open."""
    if ticket.status.active and ticket.status is not Status.PENDING:
        return []
    return [StatusChanged(before=ticket.status, status=Status.OPEN, cause=Cause.PERSON)]
