"""From a request and a standing to the commit that would answer it. Looks nothing up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.assistant.state import AssistantState
from domain.audience import rooms_seeing
from domain.errors import DomainError
from domain.message import ActorKind, Event, Meta, Millis
from domain.notification.telling import TOLD_OF
from domain.process import Step, compensation, first_step, next_steps
from domain.routing.queue import comes_to_wait, is_queued
from domain.sla.events import SlaEvent
from domain.ticket import decide as ticket_rules
from domain.ticket.events import (
    CategoryChanged,
    MessagePosted,
    PriorityChanged,
    SkillsChanged,
    StatusChanged,
    TicketAssigned,
    TicketDeleted,
    TicketOpened,
)
from domain.ticket.facts import Facts
from domain.ticket.state import Ticket, Visibility
from domain.workforce import decide as agent_rules
from domain.workforce.availability import has_more_room
from domain.workforce.state import Agent
from server.dispatch.request import Request
from server.store.aggregates import Standing, State
from server.store.commits import PROJECT, PUBLISH, Commit, reactor_work, step_work
from server.store.projection import empties

ROWS, COUNTERS, ERASURE = "rows", "counters", "erasure"
MAIL, NOTIFY, ROUTING, ASSISTANT = "mail", "notify", "routing", "assistant"
TRIAGE = "triage"
"""The reactors that a commit's `pending` names."""
_GUESSED = (CategoryChanged, PriorityChanged, SkillsChanged)
_COUNTED = (TicketOpened, TicketAssigned, StatusChanged, TicketDeleted, SlaEvent)


@dataclass(frozen=True, slots=True)
class Draft:
    """A commit with its events, and the standing after it."""

    commit: Commit
    events: Sequence[Event]
    after: Standing


def draft(request: Request, standing: Standing, now: Millis, facts: Facts) -> Draft | Step:
    """What follows from a request: a commit, or a step that must be agreed to elsewhere first.

    Raises DomainError where it is refused.
    """
    command, actor, state = request.command, request.actor, standing.state
    if not isinstance(state, Ticket):
        agent_rules.authorize(state, command, actor)
        events = agent_rules.decide(state, command, now, facts)
        return _commit(request, standing, now, events)
    ticket_rules.authorize(state, command, actor, facts)
    if not request.step and (step := first_step(state, command, actor, facts)):
        return step
    events = ticket_rules.decide(state, command, actor, now, facts)
    return _commit(request, standing, now, events)


def draft_refusal(request: Request, standing: Standing, now: Millis, refusal: DomainError) -> Draft:
    """The commit that keeps a step's refusal, so that it stays its one outcome."""
    return _commit(request, standing, now, [], refusal)


def _commit(
    request: Request,
    standing: Standing,
    now: Millis,
    events: Sequence[Event],
    refusal: DomainError | None = None,
) -> Draft:
    command, actor = request.command, request.actor
    meta = Meta(
        seq=standing.seq + 1,
        at=max(now, standing.at),
        actor=actor.ref,
        command_id=command.command_id,
    )
    after = standing.after(events, meta)
    steps = _steps(request, standing, after, events, meta, refusal)
    commit = Commit(
        stream=request.stream,
        seq=meta.seq,
        command_id=meta.command_id,
        digest=request.digest,
        actor=meta.actor,
        at=meta.at,
        events=[event.model_dump(mode="json") for event in events],
        audience=[list(rooms_seeing(request.stream, event)) for event in events],
        prev=standing.heads(),
        result=None if refusal else _result(request, after),
        error=refusal.as_dict() if refusal else None,
        steps=[step.model_dump(mode="json") for step in steps],
        pending=_pending(standing, after, events, steps, actor.kind),
    )
    return Draft(commit, events, after)


def _steps(
    request: Request,
    before: Standing,
    after: Standing,
    events: Sequence[Event],
    meta: Meta,
    refusal: DomainError | None,
) -> list[Step]:
    if refusal is None and request.owed:
        return list(request.owed)
    if not isinstance(before.state, Ticket) or not isinstance(after.state, Ticket):
        return []
    if request.step and not events:
        return compensation(request.command)
    return next_steps(before.state, after.state, events, meta)


def _result(request: Request, after: Standing) -> dict[str, Any]:
    if not isinstance(after.state, Ticket):
        return {}
    return ticket_rules.result_of(after.state, request.command, request.actor)


def _pending(
    before: Standing,
    after: Standing,
    events: Sequence[Event],
    steps: Sequence[Step],
    actor: ActorKind,
) -> list[str]:
    """Everything a commit owes, in the order in which it is done."""
    pending = [PROJECT, PUBLISH] if events else [PROJECT]
    pending += [step_work(step.command["command_id"]) for step in steps]
    if events and isinstance(after.state, Ticket):
        pending.append(reactor_work(ROWS))
        counted = any(isinstance(event, _COUNTED) for event in events)
        if counted or _in_queue(before) is not _in_queue(after):
            pending.append(reactor_work(COUNTERS))
        if empties(events):
            pending.append(reactor_work(ERASURE))
        if any(_is_mailed(event) for event in events):
            pending.append(reactor_work(MAIL))
        opened = any(isinstance(event, TicketOpened) for event in events)
        if any(_concerns_somebody(event, opened=opened) for event in events):
            pending.append(reactor_work(NOTIFY))
    if _concerns_router(before.state, after.state):
        pending.append(reactor_work(ROUTING))
    if events and _asks_the_assistant(after):
        pending.append(reactor_work(ASSISTANT))
    if _concerns_triage(events, actor):
        pending.append(reactor_work(TRIAGE))
    return pending


def _in_queue(standing: Standing) -> bool:
    return isinstance(standing.state, Ticket) and is_queued(standing.state)


def _concerns_router(before: State, after: State) -> bool:
    if isinstance(before, Ticket) and isinstance(after, Ticket):
        return comes_to_wait(before, after)
    if isinstance(before, Agent) and isinstance(after, Agent):
        return has_more_room(before, after)
    return False


def _concerns_triage(events: Sequence[Event], actor: ActorKind) -> bool:
    """Whether there is something to guess, to learn from staff, or to forget."""
    if empties(events) or any(isinstance(event, TicketOpened) for event in events):
        return True
    return actor is ActorKind.AGENT and any(isinstance(event, _GUESSED) for event in events)


def _concerns_somebody(event: Event, *, opened: bool) -> bool:
    """Whether there may be somebody to tell; who it is, `told_by` says."""
    if isinstance(event, MessagePosted):
        answers = event.visibility is Visibility.PUBLIC and not opened
        return answers or event.whisper or bool(event.mentions)
    return event.type in TOLD_OF


def _asks_the_assistant(after: Standing) -> bool:
    """Whether it is this very commit that waits for an answer."""
    assistant = after.state.assistant if isinstance(after.state, Ticket) else None
    if assistant is None or assistant.state is not AssistantState.WAITING:
        return False
    return assistant.seq == after.seq


def _is_mailed(event: Event) -> bool:
    """Whether a requester may have to be written to: of their ticket, of what was answered."""
    if isinstance(event, MessagePosted):
        public = event.visibility is Visibility.PUBLIC
        return public and event.author.kind in (ActorKind.AGENT, ActorKind.ASSISTANT)
    return isinstance(event, TicketOpened)
