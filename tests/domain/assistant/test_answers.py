"""What the assistant may say, what the client says of it, and where it leaves off."""

from __future__ import annotations

import pytest

from domain.assistant.commands import Answer, HandOverTicket, RateAnswer
from domain.assistant.state import AssistantLevel, AssistantState, HandOver
from domain.assistant.turn import ANSWER_WITHIN, MOST_IN_A_ROW, SILENCE, has_said_enough
from domain.errors import Conflict, Forbidden, NotFound, Retryable
from domain.message import ActorKind, Audience
from domain.routing.queue import is_queued
from domain.ticket.commands import RedactMessage, Reply, SetStatus
from domain.ticket.events import Cause
from domain.ticket.state import Status, Ticket
from domain.ticket.wakes import wakes
from tests.domain.assistant.acts import (
    ASSISTANT,
    HOURS,
    answer,
    hand_over,
    rate,
    say,
    state,
    wake,
)
from tests.domain.desk import TIMER, Desk, uid


def test_an_answer_is_a_message_with_its_sources_and_is_the_clients_to_read(
    desk: Desk, ticket: Ticket
):
    message = desk.messages[answer(desk, ticket)]

    assert message.author.kind is ActorKind.ASSISTANT
    assert message.sources == (HOURS,)
    assert state(desk, ticket)[0] is AssistantState.ANSWERED
    assert desk.now_of(ticket).public.messages == 2


def test_only_the_newest_message_is_answered_and_only_once(desk: Desk, ticket: Ticket):
    first = desk.now_of(ticket).seq
    say(desk, ticket)
    with pytest.raises(Conflict, match="newer"):
        answer(desk, ticket, first)

    answer(desk, ticket)

    with pytest.raises(Conflict, match="has the answer already"):
        answer(desk, ticket)


def test_nobody_else_speaks_as_the_assistant(desk: Desk, ticket: Ticket):
    for actor in (desk.carl, desk.ada, desk.max):
        for command in (
            desk.ask(ticket, Answer, about_seq=1, body="Me.", level="passages"),
            desk.ask(ticket, HandOverTicket, about_seq=1, reason=HandOver.UNSURE),
        ):
            with pytest.raises(Forbidden):
                desk.do(command, actor)


def test_what_the_client_closed_is_answered_no_more(desk: Desk, ticket: Ticket):
    desk.do(desk.ask(ticket, SetStatus, status=Status.RESOLVED), desk.carl)

    with pytest.raises(Conflict, match="Nobody waits"):
        answer(desk, ticket, ticket.seq)
    assert wakes(desk.now_of(ticket)) == []


def test_it_goes_in_no_circles(desk: Desk, ticket: Ticket):
    for _ in range(MOST_IN_A_ROW):
        answer(desk, ticket)
        say(desk, ticket)

    assistant = desk.now_of(ticket).assistant
    assert assistant
    assert has_said_enough(assistant)
    with pytest.raises(Conflict, match="said enough"):
        answer(desk, ticket)
    hand_over(desk, ticket, reason=HandOver.LOOP)
    assert state(desk, ticket) == (AssistantState.HANDED_OVER, HandOver.LOOP)


def test_what_helped_begins_a_new_count_and_resolves_the_ticket(desk: Desk, ticket: Ticket):
    first = answer(desk, ticket)
    rate(desk, ticket, first, helpful=True)

    after = desk.now_of(ticket)
    assert (after.status, after.assistant and after.assistant.answers) == (Status.RESOLVED, 0)
    assert desk.messages[first].helpful is True
    say(desk, ticket)
    answer(desk, ticket)
    assert state(desk, ticket)[0] is AssistantState.ANSWERED


def test_what_did_not_help_twice_is_left_to_people(desk: Desk, ticket: Ticket):
    rate(desk, ticket, answer(desk, ticket), helpful=False)
    assert state(desk, ticket)[0] is AssistantState.ANSWERED
    say(desk, ticket)

    rate(desk, ticket, answer(desk, ticket), helpful=False)

    assert state(desk, ticket) == (AssistantState.HANDED_OVER, HandOver.NOT_HELPFUL)
    assert is_queued(desk.now_of(ticket))


def test_saying_it_again_changes_nothing_and_changing_ones_mind_does(desk: Desk, ticket: Ticket):
    message_id = answer(desk, ticket)
    rate(desk, ticket, message_id, helpful=False)

    assert rate(desk, ticket, message_id, helpful=False) == ()
    assert rate(desk, ticket, message_id, helpful=True)
    assert desk.messages[message_id].helpful is True


def test_only_the_client_rates_and_only_what_the_assistant_said_here(desk: Desk, ticket: Ticket):
    message_id, other = answer(desk, ticket), desk.open()
    command = desk.ask(ticket, RateAnswer, message_id=message_id, helpful=True)
    with pytest.raises(Forbidden):
        desk.do(command, desk.ada)
    with pytest.raises(NotFound):
        desk.do(command, desk.dora)
    with pytest.raises(NotFound):
        rate(desk, other, message_id, helpful=True)
    with pytest.raises(Conflict):
        rate(desk, ticket, ticket.description_id or "", helpful=True)


def test_what_only_asks_back_is_no_answer_to_rate(desk: Desk, ticket: Ticket):
    message_id = answer(desk, ticket, level=AssistantLevel.QUESTION)

    with pytest.raises(Conflict):
        rate(desk, ticket, message_id, helpful=False)


def test_an_answer_may_still_be_rated_when_people_have_it(desk: Desk, ticket: Ticket):
    message_id = answer(desk, ticket)
    desk.do(desk.ask(ticket, Reply, body="Here I am."), desk.ada)

    (event,) = rate(desk, ticket, message_id, helpful=False)

    assert (event.type, desk.messages[message_id].helpful) == ("assistant.rated", False)


def test_people_are_told_what_was_asked_shown_and_said_of_it_by_ids(desk: Desk, ticket: Ticket):
    shown = answer(desk, ticket)
    rate(desk, ticket, shown, helpful=False)
    say(desk, ticket)
    near = HOURS.model_copy(update={"title": "Holidays"})

    events = hand_over(desk, ticket, found=(near,), note="They mean Sundays.")

    private = desk.now_of(ticket).private
    assert private
    assert private.briefing
    briefing = private.briefing
    assert [desk.messages[each].body for each in briefing.asked] == [
        "Please mend it.",
        "And on Sundays?",
    ]
    assert [(each.message_id, each.title, each.helpful) for each in briefing.shown] == [
        (shown, "Opening hours", False)
    ]
    assert briefing.found == (near,)
    assert [event.audience for event in events] == [
        Audience.STAFF,
        Audience.STAFF,
        Audience.PUBLIC,
    ]
    assert desk.now_of(ticket).seen_by(Audience.PUBLIC).private is None


def test_a_redacted_question_stands_nowhere_else(desk: Desk, ticket: Ticket):
    answer(desk, ticket)
    hand_over_later = desk.ask(ticket, RedactMessage, message_id=ticket.description_id)
    desk.do(hand_over_later, desk.carl)

    log = [event.model_dump_json() for each in desk.log[f"ticket:{ticket.id}"] for event in each[1]]
    assert not any("Please mend it." in each for each in log)
    assert "Please mend it." not in desk.now_of(ticket).model_dump_json()


def test_who_got_no_answer_in_time_is_left_to_people(desk: Desk, ticket: Ticket):
    (due,) = wakes(ticket)
    with pytest.raises(Retryable):
        wake(desk, ticket)
    desk.now = due.at

    desk.do(due.command(), TIMER)

    assert due.at == ticket.opened_at + ANSWER_WITHIN
    assert state(desk, ticket) == (AssistantState.HANDED_OVER, HandOver.FAILED)
    assert wakes(desk.now_of(ticket)) == []


def test_a_timer_of_an_earlier_message_or_of_one_that_was_answered_does_nothing(
    desk: Desk, ticket: Ticket
):
    (first,) = wakes(ticket)
    say(desk, ticket)
    desk.now = first.at + ANSWER_WITHIN
    assert desk.do(first.command(), TIMER) == ()

    (second,) = wakes(desk.now_of(ticket))
    answer(desk, ticket)
    assert desk.do(second.command(), TIMER) == ()


def test_who_has_an_answer_and_is_silent_is_content(desk: Desk, ticket: Ticket):
    answer(desk, ticket)
    (due,) = wakes(desk.now_of(ticket))
    desk.now += SILENCE

    (event,) = desk.do(due.command(), TIMER)

    assert (event.model_dump()["status"], event.model_dump()["cause"]) == (
        Status.RESOLVED,
        Cause.QUIET,
    )
    assert wakes(desk.now_of(ticket)) == []
    say(desk, ticket)
    assert state(desk, ticket)[0] is AssistantState.WAITING


def test_the_ids_of_what_it_says_are_its_own(desk: Desk, ticket: Ticket):
    hand_over(desk, ticket, note="For you.")

    notes = [each for each in desk.messages.values() if each.visibility.value == "private"]
    assert [(each.author.kind, each.author.id) for each in notes] == [
        (ASSISTANT.kind, ASSISTANT.id)
    ]
    assert uid("nobody") not in desk.messages
