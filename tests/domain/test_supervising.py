"""Supervisors take part in others' tickets, audited; and tickets are put off until later."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import Conflict, DomainError, Forbidden, Invalid
from domain.message import Audience
from domain.routing.commands import SnoozeTicket
from domain.routing.queue import is_queued
from domain.supervision.commands import Barge, Observe, TakeOver, Whisper
from domain.ticket.commands import AssignTicket, Reply, SetStatus
from domain.ticket.state import Status, Ticket, Visibility
from domain.ticket.wakes import wakes
from tests.domain.desk import TIMER, Desk, uid


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    """A ticket of Carl's that Bob has."""
    ticket = desk.open()
    desk.do(desk.ask(ticket, AssignTicket, agent_id=uid("bob")), desk.sue)
    return desk.now_of(ticket)


def refused(
    desk: Desk, ticket: Ticket, who: Any, error: type[DomainError], kind: Any, **fields: Any
) -> None:
    with pytest.raises(error):
        desk.do(desk.ask(ticket, kind, **fields), who)


def test_who_looks_on_is_in_the_log_that_staff_see_and_the_client_does_not(
    desk: Desk, ticket: Ticket
):
    (event,) = desk.do(desk.ask(ticket, Observe), desk.sue)

    assert (event.type, event.audience) == ("ticket.supervised", Audience.STAFF)
    assert desk.log[f"ticket:{ticket.id}"][-1].meta.actor == desk.sue.ref


def test_a_whisper_is_a_note_marked_as_one_and_needs_somebody_to_hear_it(
    desk: Desk, ticket: Ticket
):
    (event,) = desk.do(desk.ask(ticket, Whisper, body="Offer a refund."), desk.sue)

    assert event.model_dump()["whisper"]
    assert event.audience is Audience.STAFF
    refused(desk, desk.open(), desk.sue, Conflict, Whisper, body="Anybody?")


def test_who_barges_in_answers_the_client_and_is_marked(desk: Desk, ticket: Ticket):
    events = desk.do(desk.ask(ticket, Barge, body="I am here to help."), desk.sue)

    assert [event.type for event in events] == ["ticket.supervised", "message.posted"]
    assert [event.audience for event in events] == [Audience.STAFF, Audience.PUBLIC]


def test_who_takes_over_has_it_with_its_weight_whatever_team_it_is_in(desk: Desk, ticket: Ticket):
    desk.do(desk.ask(ticket, TakeOver, agent_id=uid("sue")), desk.sue)

    after = desk.now_of(ticket)
    assert (after.owner_id, after.team_id) == (uid("sue"), uid("first"))
    assert desk.agents[uid("sue")].load > 0
    assert desk.agents[uid("bob")].load == 0
    assert desk.do(desk.ask(ticket, TakeOver, agent_id=uid("sue")), desk.sue) == ()


def test_it_is_not_for_agents_nor_for_somebody_else_nor_for_a_closed_ticket(
    desk: Desk, ticket: Ticket
):
    for kind, fields in (
        (Observe, {}),
        (Whisper, {"body": "x"}),
        (Barge, {"body": "x"}),
        (TakeOver, {"agent_id": uid("ada")}),
    ):
        refused(desk, ticket, desk.ada, Forbidden, kind, **fields)
    refused(desk, ticket, desk.sue, Forbidden, TakeOver, agent_id=uid("ada"))
    desk.do(desk.ask(ticket, SetStatus, status=Status.CLOSED), desk.bob)
    refused(desk, ticket, desk.sue, Conflict, TakeOver, agent_id=uid("sue"))


def snooze(desk: Desk, ticket: Ticket, until: int | None) -> Ticket:
    desk.do(desk.ask(ticket, SnoozeTicket, until=until), desk.bob)
    return desk.now_of(ticket)


def snoozed_until(ticket: Ticket) -> int | None:
    assert ticket.private is not None
    return ticket.private.snoozed_until


def test_a_snoozed_ticket_is_out_of_the_queue_until_the_timer_wakes_it(desk: Desk):
    ticket = desk.open()
    assert is_queued(ticket)

    until = desk.now + 1_000
    after = snooze(desk, ticket, until)
    assert (snoozed_until(after), is_queued(after)) == (until, False)
    (wake,) = wakes(after)
    assert wake.at == until
    desk.now = until
    desk.do(wake.command(), TIMER)

    after = desk.now_of(ticket)
    assert (snoozed_until(after), wakes(after), is_queued(after)) == (None, [], True)


def test_the_client_wakes_it_and_staff_do_not(desk: Desk, ticket: Ticket):
    snooze(desk, ticket, desk.now + 1_000)
    desk.do(desk.ask(ticket, Reply, body="Hm.", visibility=Visibility.PRIVATE), desk.bob)
    desk.do(desk.ask(ticket, Reply, body="We look into it."), desk.bob)
    assert snoozed_until(desk.now_of(ticket))

    desk.do(desk.ask(ticket, Reply, body="And now?"), desk.carl)

    assert snoozed_until(desk.now_of(ticket)) is None


def test_it_can_be_put_off_again_and_brought_back(desk: Desk, ticket: Ticket):
    first = snooze(desk, ticket, desk.now + 1_000)
    again = snooze(desk, ticket, desk.now + 5_000)
    assert [wake.at for wake in wakes(again)] == [snoozed_until(again)]
    (stale,) = wakes(first)
    desk.now += 2_000
    assert desk.do(stale.command(), TIMER) == ()
    assert snoozed_until(snooze(desk, ticket, None)) is None
    assert desk.do(desk.ask(ticket, SnoozeTicket, until=None), desk.bob) == ()


def test_only_to_a_moment_to_come_and_only_what_is_worked_on(desk: Desk, ticket: Ticket):
    for until in (desk.now, desk.now + 400 * 24 * 3_600_000):
        refused(desk, ticket, desk.bob, Invalid, SnoozeTicket, until=until)
    refused(desk, ticket, desk.carl, Forbidden, SnoozeTicket, until=desk.now + 9)
    desk.do(desk.ask(ticket, SetStatus, status=Status.RESOLVED), desk.bob)
    refused(desk, ticket, desk.bob, Conflict, SnoozeTicket, until=desk.now + 9)
