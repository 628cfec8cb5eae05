"""What the assistant does on a desk."""

from __future__ import annotations

from typing import Any

from domain.access import Actor
from domain.assistant.commands import Answer, HandOverTicket, RateAnswer, WakeAssistant
from domain.assistant.state import AssistantLevel, AssistantState, HandOver, Source
from domain.message import ActorKind, Event
from domain.ticket.commands import Reply
from domain.ticket.state import Ticket
from tests.domain.desk import TIMER, Desk, uid

ASSISTANT = Actor(kind=ActorKind.ASSISTANT, id="assistant")
HOURS = Source(article_id=uid("hours"), title="Opening hours", passage="From nine to five.")


def answer(desk: Desk, ticket: Ticket, about_seq: int | None = None, **more: Any) -> str:
    """Answer what waits; the id of the message."""
    assistant = desk.now_of(ticket).assistant
    assert assistant is not None
    said = {"body": "> From nine to five.", "sources": (HOURS,), "level": AssistantLevel.PASSAGES}
    command = desk.ask(
        ticket,
        Answer,
        about_seq=assistant.seq if about_seq is None else about_seq,
        **said | more,
    )
    desk.do(command, ASSISTANT)
    return desk.outcomes[f"ticket:{ticket.id}", command.command_id]["message_id"]


def hand_over(desk: Desk, ticket: Ticket, **more: Any) -> tuple[Event, ...]:
    assistant = desk.now_of(ticket).assistant
    assert assistant is not None
    fields = {"about_seq": assistant.seq, "reason": HandOver.UNSURE, **more}
    return desk.do(desk.ask(ticket, HandOverTicket, **fields), ASSISTANT)


def rate(desk: Desk, ticket: Ticket, message_id: str, *, helpful: bool) -> tuple[Event, ...]:
    command = desk.ask(ticket, RateAnswer, message_id=message_id, helpful=helpful)
    return desk.do(command, desk.carl)


def say(desk: Desk, ticket: Ticket, body: str = "And on Sundays?") -> None:
    """The client's next word."""
    desk.do(desk.ask(ticket, Reply, body=body), desk.carl)


def wake(desk: Desk, ticket: Ticket) -> tuple[Event, ...]:
    assistant = desk.now_of(ticket).assistant
    assert assistant is not None
    return desk.do(desk.ask(ticket, WakeAssistant, generation=assistant.seq), TIMER)


def state(desk: Desk, ticket: Ticket) -> tuple[AssistantState, HandOver | None]:
    assistant = desk.now_of(ticket).assistant
    assert assistant is not None
    return assistant.state, assistant.reason
