"""Which tickets wait for a person's answer."""

from __future__ import annotations

import pytest

from domain.assistant.commands import AskPerson
from domain.routing.decide import is_unanswered
from domain.ticket.commands import AssignTicket, Reply, SetStatus
from domain.ticket.state import Ticket
from tests.domain.assistant.acts import answer
from tests.domain.desk import Desk, uid


def given_to_bob(desk: Desk, ticket: Ticket) -> None:
    desk.do(desk.ask(ticket, AssignTicket, agent_id=uid("bob")), desk.sue)


def test_what_the_client_said_last_waits_until_an_agent_replies():
    desk = Desk()
    ticket = desk.open()
    given_to_bob(desk, ticket)
    desk.do(desk.ask(ticket, Reply, body="Hm.", visibility="private"), desk.bob)
    assert is_unanswered(desk.now_of(ticket))
    desk.do(desk.ask(ticket, Reply, body="Off and on again."), desk.bob)
    assert not is_unanswered(desk.now_of(ticket))


def test_what_was_opened_for_a_caller_waits_until_an_agent_replies():
    desk = Desk()
    ticket = desk.open(desk.ada, requester_id=uid("carl"))
    given_to_bob(desk, ticket)
    assert is_unanswered(desk.now_of(ticket))
    desk.do(desk.ask(ticket, Reply, body="Off and on again."), desk.ada)
    assert not is_unanswered(desk.now_of(ticket))


@pytest.mark.parametrize("asked", [True, False])
def test_what_the_assistant_answered_waits_where_a_person_is_asked_for(asked: bool):
    desk = Desk()
    desk.inbox = desk.inbox.model_copy(update={"assistant": True})
    ticket = desk.open()
    answer(desk, ticket)
    if asked:
        desk.do(desk.ask(ticket, AskPerson), desk.carl)
    given_to_bob(desk, ticket)
    assert is_unanswered(desk.now_of(ticket)) is asked
    if asked:
        desk.do(desk.ask(ticket, Reply, body="Off and on again."), desk.bob)
        assert not is_unanswered(desk.now_of(ticket))


def test_what_nobody_works_on_waits_for_nothing():
    desk = Desk()
    ticket = desk.open()
    desk.do(desk.ask(ticket, SetStatus, status="pending"), desk.ada)
    assert not is_unanswered(desk.now_of(ticket))
