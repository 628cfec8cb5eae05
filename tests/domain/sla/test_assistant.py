"""What the assistant's answers and hand-overs mean for what was promised."""

from __future__ import annotations

import pytest

from domain.assistant.commands import AskPerson
from domain.ticket.state import Status
from tests.domain.assistant.acts import answer, hand_over, rate
from tests.domain.sla.hours import MINUTE, at
from tests.domain.sla.promises import FIRST, NEXT, RESOLUTION, Promising


@pytest.fixture
def desk() -> Promising:
    desk = Promising()
    desk.inbox = desk.inbox.model_copy(update={"assistant": True})
    return desk


def test_its_answer_is_the_first_response_and_then_it_is_the_clients_turn(desk: Promising):
    ticket = desk.open()
    assert desk.due(ticket, FIRST) == at("2026-11-23T11:00")
    desk.at("10:10")

    answer(desk, ticket)

    assert desk.clock(ticket, FIRST).met_at == at("2026-11-23T10:10")
    resolution = desk.clock(ticket, RESOLUTION)
    assert (resolution.since, resolution.consumed) == (None, 10 * MINUTE)
    assert desk.now_of(ticket).status is Status.OPEN


def test_a_client_who_writes_again_is_owed_the_next_answer(desk: Promising):
    ticket = desk.open()
    answer(desk, ticket)
    desk.at("10:30").says(desk.carl, ticket)

    assert desk.due(ticket, NEXT) == at("2026-11-23T12:30")
    assert desk.clock(ticket, RESOLUTION).since == at("2026-11-23T10:30")


def test_a_client_who_was_answered_and_wants_a_person_is_owed_the_next_answer(desk: Promising):
    ticket = desk.open()
    answer(desk, ticket)
    desk.at("10:30")

    desk.do(desk.ask(ticket, AskPerson), desk.carl)

    assert desk.due(ticket, NEXT) == at("2026-11-23T12:30")
    assert desk.clock(ticket, RESOLUTION).since == at("2026-11-23T10:30")


def test_what_is_left_to_people_unanswered_is_still_owed_its_first_answer(desk: Promising):
    ticket = desk.open()
    desk.at("10:05")

    hand_over(desk, ticket)

    assert desk.due(ticket, FIRST) == at("2026-11-23T11:00")
    assert desk.sla(ticket).clock(NEXT) is None


def test_who_takes_it_after_an_answer_owes_only_its_resolution(desk: Promising):
    ticket = desk.open()
    answer(desk, ticket)
    desk.at("10:30").says(desk.ada, ticket)

    assert desk.sla(ticket).clock(NEXT) is None
    assert desk.clock(ticket, RESOLUTION).since == at("2026-11-23T10:30")


def test_what_helped_is_resolved_in_time(desk: Promising):
    ticket = desk.open()
    message_id = answer(desk, ticket)
    desk.at("10:30")

    rate(desk, ticket, message_id, helpful=True)

    assert desk.clock(ticket, RESOLUTION).met_at == at("2026-11-23T10:30")
