"""Whatever anybody asks in whatever state: an answer or a refusal, never a crash."""

from __future__ import annotations

from contextlib import suppress
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.access import Actor, belonging_after, belonging_of, may_enter
from domain.approval.events import ApprovalDelegated
from domain.audience import parse_room, rooms_of
from domain.errors import DomainError
from domain.message import Audience, Meta
from domain.process import compensation, first_step, next_steps, then
from domain.ticket.decide import authorize, decide, result_of
from domain.ticket.evolve import evolve_message, fold
from domain.ticket.state import Ticket
from domain.ticket.tombstone import without_words
from domain.workforce.commands import AgentCommand
from domain.workforce.decide import decide as decide_work
from tests.convergence.histories import HISTORIES, PEOPLE, Move, command_of, moves, play, start
from tests.convergence.test_server import SEQUENCES
from tests.domain.desk import TIMER, Desk, uid

TOLD = ("open", "open_for", "reply", "answer", "note", "pause")
"""What is said twice stands twice; a break of so long begins anew."""

some = settings(
    max_examples=max(20, SEQUENCES // 10),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def played(history: list[Move]) -> Desk:
    desk = Desk()
    start(desk)
    for move in history:
        play(desk, move)
    return desk


def everybody(desk: Desk) -> list[Actor]:
    return [TIMER, *(getattr(desk, name) for name in PEOPLE)]


@some
@given(HISTORIES, moves())
def test_every_command_of_everybody_is_decided_or_refused(history: list[Move], move: Move):
    desk = played(history)
    command, _ = command_of(desk, move)

    for ticket in (*desk.tickets.values(), Ticket(id=uid("none"))):
        for actor in everybody(desk):
            facts = desk.facts(command, actor)
            with suppress(DomainError):
                authorize(ticket, command, actor, facts)
            with suppress(DomainError):
                if first := first_step(ticket, command, actor, facts):
                    then(first, command, actor, "digest")
            with suppress(DomainError):
                events = decide(ticket, command, actor, desk.now, facts)
                meta = Meta(seq=ticket.seq + 1, at=desk.now, actor=actor.ref, command_id="c")
                after = fold(ticket, events, meta)
                next_steps(ticket, after, events, meta)
                result_of(after, command, actor)
            compensation(command)


@some
@given(HISTORIES, moves().filter(lambda move: move.what not in TOLD))
def test_what_was_decided_once_changes_nothing_again(history: list[Move], move: Move):
    desk = played(history)
    command, actor = command_of(desk, move)
    with suppress(DomainError):
        desk.do(command, actor)
        if isinstance(command, AgentCommand):
            agent = desk.agents[command.agent_id]
            assert decide_work(agent, command, desk.now, desk.facts(command, actor)) == []
            return
        ticket = desk.tickets[command.stream.partition(":")[2]]
        if ticket.exists:
            facts = desk.facts(command, actor)
            assert decide(ticket, command, actor, desk.now, facts) == []


@some
@given(HISTORIES, st.randoms(use_true_random=False))
def test_every_event_folds_onto_every_state(history: list[Move], chance: Random):
    desk = played(history)
    events = [event for log in desk.log.values() for commit in log for event in commit.events]
    events += [without_words(event) for event in events]
    chance.shuffle(events)
    meta = Meta(seq=99, at=99, actor=TIMER.ref, command_id="c")

    for ticket in (*desk.tickets.values(), Ticket(id=uid("none"))):
        for audience in Audience:
            assert fold(ticket.seen_by(audience), events, meta).seq == 99
        fold(ticket, events, meta)
    for message in (*desk.messages.values(), None):
        for event in events:
            evolve_message(message, event, meta, uid("t"))


@some
@given(HISTORIES)
def test_who_belongs_is_followed_event_by_event(history: list[Move]):
    desk = played(history)

    for ticket in desk.tickets.values():
        first, *later = desk.log[f"ticket:{ticket.id}"]
        belonging = belonging_of(fold(Ticket(id=ticket.id), first.events, first.meta))
        events = [event for commit in later for event in commit.events]
        delegated = any(isinstance(event, ApprovalDelegated) for event in events)
        for event in events:
            belonging = belonging_after(belonging, event.model_dump(mode="json"))
        now = belonging_of(ticket)
        if delegated:  # Whoever is away may go on reading until the next look at the whole.
            assert now.approver_ids <= belonging.approver_ids
            belonging = belonging._replace(approver_ids=now.approver_ids)
        assert belonging == now


@some
@given(HISTORIES)
def test_everybody_is_let_into_a_room_or_told_why_not(history: list[Move]):
    desk = played(history)

    for ticket in desk.tickets.values():
        for room in rooms_of(f"ticket:{ticket.id}").values():
            for actor in everybody(desk):
                with suppress(DomainError):
                    may_enter(actor, parse_room(room), ticket)
                    assert ticket.exists


@some
@given(HISTORIES)
def test_the_log_alone_gives_the_header(history: list[Move]):
    desk = played(history)

    for ticket in desk.tickets.values():
        folded = Ticket(id=ticket.id)
        for commit in desk.log[f"ticket:{ticket.id}"]:
            folded = fold(folded, commit.events, commit.meta)
        assert folded == ticket
