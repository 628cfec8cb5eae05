"""Whose turn it is: the assistant's from the opening on, until a person or the client ends it."""

from __future__ import annotations

import pytest

from domain.approval.state import Level
from domain.assistant.commands import AskPerson
from domain.assistant.state import AssistantState, HandOver
from domain.errors import Conflict, Forbidden, NotFound
from domain.message import Audience
from domain.routing.commands import OfferTicket, RouteTicket
from domain.routing.queue import is_queued
from domain.supervision.commands import Barge, TakeOver
from domain.ticket.commands import AssignTicket, DeleteTicket, Reply, SetStatus
from domain.ticket.state import Status, Ticket, Visibility
from tests.domain.assistant.acts import ASSISTANT, answer, hand_over, say, state
from tests.domain.desk import Desk, uid

OVER = AssistantState.HANDED_OVER


def test_what_a_client_opens_waits_for_the_assistant_and_for_nobody_else(
    desk: Desk, ticket: Ticket
):
    assert state(desk, ticket) == (AssistantState.WAITING, None)
    assert not is_queued(ticket)
    assert ticket.seen_by(Audience.PUBLIC).assistant == ticket.assistant


def test_where_it_is_off_or_staff_opened_it_it_has_no_part(desk: Desk):
    of_staff = desk.open(desk.ada, requester_id=uid("carl"))
    desk.inbox = desk.inbox.model_copy(update={"assistant": False})

    for ticket in (of_staff, desk.open()):
        assert ticket.assistant is None
        assert is_queued(ticket)


def test_a_follow_up_goes_to_the_people_of_before(desk: Desk, ticket: Ticket):
    desk.do(desk.ask(ticket, SetStatus, status=Status.CLOSED), desk.carl)
    say(desk, ticket, "It is not over.")

    follow_up = desk.now_of(ticket).follow_ups[0]
    assert desk.tickets[follow_up].assistant is None


def test_the_router_gives_nobody_what_is_the_assistants(desk: Desk, ticket: Ticket):
    for command in (
        desk.ask(ticket, OfferTicket, agent_id=uid("bob"), seconds=30),
        desk.ask(ticket, RouteTicket, agent_id=uid("bob")),
    ):
        assert desk.do(command, ASSISTANT) == ()

    hand_over(desk, ticket)
    assert is_queued(desk.now_of(ticket))
    assert desk.do(desk.ask(ticket, RouteTicket, agent_id=uid("bob")), ASSISTANT)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (Reply, {"body": "I can help."}),
        (Barge, {"body": "I can help."}),
        (AssignTicket, {"agent_id": uid("bob")}),
        (AssignTicket, {"agent_id": None, "team_id": uid("second")}),
        (TakeOver, {"agent_id": uid("sue")}),
        (SetStatus, {"status": Status.PENDING}),
    ],
)
def test_whatever_a_person_does_for_the_client_ends_its_turn_for_good(
    desk: Desk, ticket: Ticket, kind: type, fields: dict
):
    about = desk.now_of(ticket).seq
    desk.do(desk.ask(ticket, kind, **fields), desk.sue)

    assert state(desk, ticket) == (OVER, HandOver.TAKEN)
    with pytest.raises(Conflict, match="People have this ticket"):
        answer(desk, ticket, about)
    say(desk, ticket)
    assert state(desk, ticket)[0] is OVER


def test_a_note_among_staff_does_not(desk: Desk, ticket: Ticket):
    note = desk.ask(ticket, Reply, body="Look.", visibility=Visibility.PRIVATE)
    desk.do(note, desk.ada)

    assert state(desk, ticket)[0] is AssistantState.WAITING


def test_the_client_gets_a_person_for_the_asking_and_twice_is_once(desk: Desk, ticket: Ticket):
    (event,) = desk.do(desk.ask(ticket, AskPerson), desk.carl)

    assert event.model_dump()["reason"] is HandOver.ASKED
    assert desk.do(desk.ask(ticket, AskPerson), desk.carl) == ()
    assert is_queued(desk.now_of(ticket))


def test_a_person_is_asked_for_by_the_client_alone(desk: Desk, ticket: Ticket):
    for actor, error in ((desk.ada, Forbidden), (desk.dora, NotFound)):
        with pytest.raises(error):
            desk.do(desk.ask(ticket, AskPerson), actor)
    desk.contacts[uid("carl")] = desk.contacts[uid("carl")].model_copy(update={"blocked": True})
    with pytest.raises(Forbidden, match="cannot write"):
        desk.do(desk.ask(ticket, AskPerson), desk.carl)
    assert state(desk, ticket)[0] is AssistantState.WAITING


def test_who_asks_for_a_person_after_it_was_resolved_brings_it_back(desk: Desk, ticket: Ticket):
    answer(desk, ticket)
    desk.do(desk.ask(ticket, SetStatus, status=Status.RESOLVED), desk.carl)

    desk.do(desk.ask(ticket, AskPerson), desk.carl)

    after = desk.now_of(ticket)
    assert (after.status, is_queued(after)) == (Status.OPEN, True)


def test_bringing_it_back_without_a_word_says_that_the_answer_did_not_help(
    desk: Desk, ticket: Ticket
):
    answer(desk, ticket)
    desk.do(desk.ask(ticket, SetStatus, status=Status.RESOLVED), desk.carl)
    desk.do(desk.ask(ticket, SetStatus, status=Status.OPEN), desk.carl)

    assert state(desk, ticket) == (OVER, HandOver.NOT_HELPFUL)


def test_bringing_it_back_with_a_word_asks_the_assistant_again(desk: Desk, ticket: Ticket):
    answer(desk, ticket)
    desk.do(desk.ask(ticket, SetStatus, status=Status.RESOLVED), desk.carl)
    say(desk, ticket)

    assert state(desk, ticket)[0] is AssistantState.WAITING
    assert desk.now_of(ticket).status is Status.OPEN


def test_people_wait_from_the_hand_over_on(desk: Desk, ticket: Ticket):
    before = ticket.private
    desk.now += 5_000_000
    hand_over(desk, ticket)

    after = desk.now_of(ticket)
    assert before
    assert after.private
    assert after.private.queued_at == desk.now > (before.queued_at or 0)


def test_an_approval_is_asked_for_as_ever(desk: Desk):
    levels = (Level(approver_ids=(uid("ada"),)),)
    billing = desk.categories[uid("billing")].model_copy(update={"approval": levels})
    desk.categories[billing.id] = billing
    ticket = desk.open(category=billing.id)

    answer(desk, ticket)

    assert state(desk, ticket)[0] is AssistantState.ANSWERED


def test_nothing_of_it_stays_in_a_deleted_ticket(desk: Desk, ticket: Ticket):
    answer(desk, ticket)
    desk.do(desk.ask(ticket, DeleteTicket), desk.max)

    assert desk.now_of(ticket).assistant is None
    assert all(not m.sources for m in desk.messages.values() if m.ticket_id == ticket.id)
