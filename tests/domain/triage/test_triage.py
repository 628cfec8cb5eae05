"""Which guesses count at once, which are shown, and what people make of them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from domain.access import Actor
from domain.approval.state import ApprovalStatus, Level
from domain.assistant.state import AssistantState
from domain.errors import Conflict, Forbidden, NotFound
from domain.message import ActorKind, Audience, Event
from domain.routing.events import TicketOffered
from domain.ticket.commands import AssignTicket, EditMessage, RedactMessage, SetStatus, UpdateTicket
from domain.ticket.state import Priority, StaffPart, Status, Ticket
from domain.triage.commands import JudgeGuess, TriageTicket
from domain.triage.state import (
    Excerpt,
    Guess,
    Guessed,
    GuessState,
    Triage,
    TriageLevel,
    TriageMode,
    Verdict,
)
from tests.domain.desk import Desk, uid

TRIAGE = Actor(kind=ActorKind.SYSTEM, id="triage")
BILLING, OTHER, GERMAN = uid("billing"), uid("other"), uid("german")
SURE, PERHAPS, HARDLY = 0.95, 0.6, 0.1


@pytest.fixture
def desk() -> Desk:
    """Its inbox lets sure guesses count."""
    desk = Desk()
    desk.inbox = desk.inbox.model_copy(update={"triage": TriageMode.APPLY})
    return desk


def guess(field: Guessed, *values: str, confidence: float = SURE) -> Guess:
    return Guess(field=field, values=values, confidence=confidence)


def triage(desk: Desk, ticket: Ticket, *guesses: Guess, actor: Actor = TRIAGE) -> Sequence[Event]:
    command = desk.ask(
        ticket,
        TriageTicket,
        level=TriageLevel.MEANING,
        guesses=guesses,
        summary=Excerpt(start=0, end=6),
    )
    return desk.do(command, actor)


def judge(desk: Desk, ticket: Ticket, field: Guessed, verdict: Verdict) -> Sequence[Event]:
    return desk.do(desk.ask(ticket, JudgeGuess, field=field, verdict=verdict), desk.ada)


def private(desk: Desk, ticket: Ticket) -> StaffPart:
    part = desk.now_of(ticket).private
    assert part is not None
    return part


def guessed(desk: Desk, ticket: Ticket) -> Triage:
    found = private(desk, ticket).triage
    assert found is not None
    return found


def states(desk: Desk, ticket: Ticket) -> dict[Guessed, GuessState]:
    return {each.field: each.state for each in guessed(desk, ticket).guesses}


def test_what_is_sure_counts_and_what_is_likely_is_only_shown(desk: Desk):
    ticket = desk.open()

    triage(
        desk,
        ticket,
        guess(Guessed.CATEGORY, BILLING),
        guess(Guessed.PRIORITY, "high", confidence=PERHAPS),
        guess(Guessed.SKILLS, GERMAN, confidence=HARDLY),
    )

    now = desk.now_of(ticket)
    assert (now.category, now.priority) == (BILLING, Priority.MEDIUM)
    assert states(desk, ticket) == {
        Guessed.CATEGORY: GuessState.APPLIED,
        Guessed.PRIORITY: GuessState.SUGGESTED,
    }


def test_a_ticket_goes_to_the_team_of_its_category_as_if_it_had_been_opened_with_it(desk: Desk):
    ticket = desk.open()

    triage(desk, ticket, guess(Guessed.CATEGORY, BILLING))

    assert desk.now_of(ticket).team_id == uid("second")
    assert private(desk, ticket).queued_at == desk.now_of(ticket).opened_at


def test_it_is_taken_from_nobody_who_has_it_or_is_offered_it(desk: Desk):
    owned, offered, moved = desk.open(), desk.open(), desk.open()
    desk.do(desk.ask(owned, AssignTicket, agent_id=uid("bob")), desk.bob)
    desk.befall(offered, TicketOffered(agent_id=uid("bob"), until=90_000))
    desk.do(desk.ask(moved, AssignTicket, agent_id=None, team_id=uid("second")), desk.ada)

    for ticket in (owned, offered, moved):
        triage(desk, ticket, guess(Guessed.CATEGORY, BILLING))

    assert desk.now_of(owned).owner_id == uid("bob")
    assert desk.now_of(owned).team_id == desk.now_of(offered).team_id == uid("first")
    assert private(desk, offered).offer is not None
    assert {desk.now_of(each).category for each in (owned, offered, moved)} == {BILLING}


def test_the_assistant_goes_on_with_a_ticket_that_finds_its_team(desk: Desk):
    desk.inbox = desk.inbox.model_copy(update={"assistant": True})
    ticket = desk.open()

    triage(desk, ticket, guess(Guessed.CATEGORY, BILLING))

    assistant = desk.now_of(ticket).assistant
    assert assistant
    assert assistant.state is AssistantState.WAITING
    assert private(desk, ticket).queued_at is None


def test_an_inbox_that_only_wants_suggestions_gets_no_more(desk: Desk):
    desk.inbox = desk.inbox.model_copy(update={"triage": TriageMode.SUGGEST})
    ticket = desk.open()

    triage(desk, ticket, guess(Guessed.CATEGORY, BILLING))

    assert desk.now_of(ticket).category is None
    assert states(desk, ticket) == {Guessed.CATEGORY: GuessState.SUGGESTED}


def test_an_inbox_that_wants_no_guesses_gets_none(desk: Desk):
    desk.inbox = desk.inbox.model_copy(update={"triage": TriageMode.OFF})
    ticket = desk.open()

    assert triage(desk, ticket, guess(Guessed.CATEGORY, BILLING)) == ()
    assert private(desk, ticket).triage is None


def test_nothing_is_guessed_over_what_the_client_chose(desk: Desk):
    ticket = desk.open(category=OTHER, priority="low")

    triage(desk, ticket, guess(Guessed.CATEGORY, BILLING), guess(Guessed.PRIORITY, "high"))

    now = desk.now_of(ticket)
    assert (now.category, now.priority) == (OTHER, Priority.LOW)
    assert guessed(desk, ticket).guesses == ()


def test_nothing_is_guessed_over_what_staff_chose_even_where_they_chose_nothing(desk: Desk):
    ticket = desk.open()
    for category in (OTHER, None):
        desk.do(desk.ask(ticket, UpdateTicket, category=category), desk.ada)
    for priority in (Priority.HIGH, Priority.MEDIUM):
        desk.do(desk.ask(ticket, UpdateTicket, priority=priority), desk.ada)

    triage(desk, ticket, guess(Guessed.CATEGORY, BILLING), guess(Guessed.PRIORITY, "high"))

    assert desk.now_of(ticket).category is None
    assert guessed(desk, ticket).guesses == ()


def test_a_ticket_is_guessed_once(desk: Desk):
    ticket = desk.open()
    triage(desk, ticket, guess(Guessed.CATEGORY, BILLING))

    assert triage(desk, ticket, guess(Guessed.CATEGORY, OTHER)) == ()
    assert desk.now_of(ticket).category == BILLING


def test_what_is_done_needs_no_guesses(desk: Desk):
    ticket = desk.open()
    desk.do(desk.ask(ticket, SetStatus, status=Status.RESOLVED), desk.ada)

    assert triage(desk, ticket, guess(Guessed.CATEGORY, BILLING)) == ()


def test_a_category_that_is_gone_is_not_guessed(desk: Desk):
    ticket = desk.open()

    triage(desk, ticket, guess(Guessed.CATEGORY, uid("gone")), guess(Guessed.SKILLS, uid("gone")))

    assert guessed(desk, ticket).guesses == ()


def test_who_must_agree_to_a_category_is_asked_when_it_is_guessed(desk: Desk):
    desk.categories[OTHER] = desk.categories[OTHER].model_copy(
        update={"approval": (Level(approver_ids=(uid("sue"),)),)}
    )
    ticket = desk.open()

    triage(desk, ticket, guess(Guessed.CATEGORY, OTHER))
    assert desk.now_of(ticket).approval is ApprovalStatus.WAITING

    judge(desk, ticket, Guessed.CATEGORY, Verdict.DISMISS)
    assert desk.now_of(ticket).approval is None


def test_a_guess_that_somebody_takes_counts(desk: Desk):
    ticket = desk.open()
    triage(desk, ticket, guess(Guessed.PRIORITY, "urgent", confidence=PERHAPS))

    judge(desk, ticket, Guessed.PRIORITY, Verdict.TAKE)

    assert desk.now_of(ticket).priority is Priority.URGENT
    assert states(desk, ticket) == {Guessed.PRIORITY: GuessState.TAKEN}
    assert judge(desk, ticket, Guessed.PRIORITY, Verdict.TAKE) == ()


def test_a_guess_that_somebody_dismisses_changes_nothing(desk: Desk):
    ticket = desk.open()
    triage(desk, ticket, guess(Guessed.SKILLS, GERMAN, confidence=PERHAPS))

    judge(desk, ticket, Guessed.SKILLS, Verdict.DISMISS)

    assert private(desk, ticket).required_skills == ()
    assert states(desk, ticket) == {Guessed.SKILLS: GuessState.DISMISSED}


def test_what_counts_already_is_taken_back_by_dismissing_it(desk: Desk):
    ticket = desk.open()
    triage(desk, ticket, guess(Guessed.CATEGORY, BILLING), guess(Guessed.PRIORITY, "low"))

    for field in (Guessed.CATEGORY, Guessed.PRIORITY):
        judge(desk, ticket, field, Verdict.DISMISS)

    now = desk.now_of(ticket)
    assert (now.category, now.priority) == (None, Priority.MEDIUM)
    assert set(states(desk, ticket).values()) == {GuessState.DISMISSED}


def test_who_sets_the_field_themselves_confirms_or_overrules(desk: Desk):
    same, other = desk.open(), desk.open()
    for ticket, category in ((same, BILLING), (other, OTHER)):
        triage(desk, ticket, guess(Guessed.CATEGORY, BILLING, confidence=PERHAPS))
        desk.do(desk.ask(ticket, UpdateTicket, category=category), desk.ada)

    assert states(desk, same) == {Guessed.CATEGORY: GuessState.TAKEN}
    assert states(desk, other) == {Guessed.CATEGORY: GuessState.OVERRULED}
    assert judge(desk, other, Guessed.CATEGORY, Verdict.DISMISS) == ()


def test_a_guess_may_be_taken_after_all(desk: Desk):
    ticket = desk.open()
    triage(desk, ticket, guess(Guessed.CATEGORY, BILLING))
    judge(desk, ticket, Guessed.CATEGORY, Verdict.DISMISS)

    judge(desk, ticket, Guessed.CATEGORY, Verdict.TAKE)

    assert desk.now_of(ticket).category == BILLING


def test_what_was_not_guessed_cannot_be_judged(desk: Desk):
    ticket = desk.open()

    with pytest.raises(Conflict, match="Nothing was guessed"):
        judge(desk, ticket, Guessed.CATEGORY, Verdict.TAKE)


def test_clients_see_nothing_of_it_and_may_not_judge(desk: Desk):
    ticket = desk.open()
    triage(desk, ticket, guess(Guessed.PRIORITY, "high", confidence=PERHAPS))
    command = desk.ask(ticket, JudgeGuess, field=Guessed.PRIORITY, verdict=Verdict.TAKE)

    assert desk.now_of(ticket).seen_by(Audience.PUBLIC).private is None
    with pytest.raises(Forbidden):
        desk.do(command, desk.carl)
    with pytest.raises(NotFound):
        desk.do(command, desk.dora)


@pytest.mark.parametrize("who", ["carl", "ada", "max"])
def test_only_the_machine_guesses(desk: Desk, who: str):
    ticket = desk.open()

    with pytest.raises(Forbidden):
        triage(desk, ticket, guess(Guessed.CATEGORY, BILLING), actor=getattr(desk, who))


@pytest.mark.parametrize("kind", [EditMessage, RedactMessage])
def test_a_summary_goes_with_the_words_that_it_points_at(
    desk: Desk, kind: type[EditMessage | RedactMessage]
):
    ticket = desk.open()
    triage(desk, ticket)
    assert guessed(desk, ticket).summary

    more = {"body": "Other words."} if kind is EditMessage else {}
    message_id = desk.now_of(ticket).description_id
    desk.do(desk.ask(ticket, kind, message_id=message_id, **more), desk.carl)

    assert guessed(desk, ticket).summary is None
