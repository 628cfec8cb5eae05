"""The lifecycle: every pair of states, for staff and for clients, and the timer."""

import pytest

from domain.errors import Conflict, Forbidden, Retryable
from domain.ticket import commands as ask
from domain.ticket.events import Cause, StatusChanged
from domain.ticket.state import Status, Ticket
from tests.domain.desk import QUIET_AFTER, TIMER, Desk, uid

ALLOWED = {
    "open": "in_progress pending resolved closed",
    "in_progress": "open pending resolved closed",
    "pending": "open in_progress resolved closed",
    "resolved": "open in_progress closed",
    "closed": "open",
}
CLIENT = {
    "open": "resolved closed",
    "in_progress": "resolved closed",
    "pending": "resolved closed",
    "resolved": "open closed",
    "closed": "",
}
PAIRS = [(a.value, b.value) for a in Status for b in Status if a is not b]


def at(desk: Desk, status: str) -> Ticket:
    ticket = desk.open()
    if status != "open":
        desk.do(desk.ask(ticket, ask.SetStatus, status=status), desk.ada)
    return desk.now_of(ticket)


def to(desk: Desk, ticket: Ticket, status: str, reason: str | None = None) -> ask.SetStatus:
    return desk.ask(ticket, ask.SetStatus, status=status, reason=reason)


@pytest.mark.parametrize(("before", "after"), [p for p in PAIRS if p[1] in ALLOWED[p[0]].split()])
def test_staff_may_move_a_ticket(desk: Desk, before: str, after: str):
    ticket = at(desk, before)

    (changed,) = desk.do(to(desk, ticket, after, reason="Because."), desk.ada)

    assert changed == StatusChanged(
        before=Status(before), status=Status(after), cause=Cause.PERSON, reason="Because."
    )


def test_a_blocked_contact_gives_no_reasons(desk: Desk):
    ticket = desk.open()
    desk.contacts[uid("carl")] = desk.contacts[uid("carl")].model_copy(update={"blocked": True})

    with pytest.raises(Forbidden):
        desk.do(to(desk, ticket, "resolved", reason="You will hear from me."), desk.carl)
    desk.do(to(desk, ticket, "resolved"), desk.carl)


@pytest.mark.parametrize(
    ("before", "after"), [p for p in PAIRS if p[1] not in ALLOWED[p[0]].split()]
)
def test_a_move_that_nobody_may_make_is_refused_with_what_is_possible(
    desk: Desk, before: str, after: str
):
    ticket = at(desk, before)

    with pytest.raises(Conflict) as refused:
        desk.do(to(desk, ticket, after), desk.max)

    assert after.replace("_", " ") in refused.value.message
    assert "it can become open" in refused.value.message


@pytest.mark.parametrize(("before", "after"), [p for p in PAIRS if p[1] in CLIENT[p[0]].split()])
def test_a_client_may_resolve_close_and_reopen(desk: Desk, before: str, after: str):
    ticket = at(desk, before)

    desk.do(to(desk, ticket, after), desk.carl)

    assert desk.now_of(ticket).status == after


@pytest.mark.parametrize(
    ("before", "after"), [p for p in PAIRS if p[1] not in CLIENT[p[0]].split()]
)
def test_other_moves_are_not_the_clients(desk: Desk, before: str, after: str):
    ticket = at(desk, before)

    with pytest.raises(Forbidden) as refused:
        desk.do(to(desk, ticket, after), desk.carl)

    assert refused.value.message.endswith(".")
    assert desk.now_of(ticket).status == before


def test_only_staff_may_reopen_a_closed_ticket_and_the_client_is_told_another_way(desk: Desk):
    ticket = at(desk, "closed")

    with pytest.raises(Forbidden, match="write a reply"):
        desk.do(to(desk, ticket, "open"), desk.carl)


@pytest.mark.parametrize("status", list(Status))
def test_where_a_ticket_is_already_it_need_not_go(desk: Desk, status: Status):
    ticket = at(desk, status)

    assert desk.do(to(desk, ticket, status), desk.ada) == ()


def test_an_empty_reason_is_none(desk: Desk):
    ticket = desk.open()

    (changed,) = desk.do(to(desk, ticket, "pending", reason=""), desk.ada)

    assert changed.reason is None  # type: ignore[attr-defined]


def test_a_ticket_is_resolved_once_however_it_ends_and_anew_after_it_was_reopened(desk: Desk):
    ticket = desk.open()
    moves: list[Ticket] = []
    for status in ("pending", "resolved", "closed", "open", "closed"):
        desk.do(to(desk, ticket, status), desk.ada)
        moves.append(desk.now_of(ticket))

    _, resolved, _, _, again = (each.status_at for each in moves)
    assert [each.resolved_at for each in moves] == [None, resolved, resolved, None, again]


def test_closing_after_quiet_days_leaves_when_a_ticket_was_resolved(desk: Desk):
    ticket = at(desk, "resolved")
    desk.now = ticket.status_at + QUIET_AFTER

    desk.do(quiet(desk, ticket), TIMER)

    after = desk.now_of(ticket)
    assert (after.status, after.resolved_at) == (Status.CLOSED, ticket.resolved_at)
    assert after.status_at > ticket.status_at


def quiet(desk: Desk, ticket: Ticket) -> ask.CloseQuiet:
    """The timer that was set for the ticket's present status."""
    identity = f"close_quiet:{ticket.id}:{ticket.status_seq}"
    return ask.CloseQuiet(command_id=identity, ticket_id=ticket.id, generation=ticket.status_seq)


def test_a_ticket_that_stayed_resolved_closes_by_itself(desk: Desk):
    ticket = at(desk, "resolved")
    desk.now = ticket.status_at + QUIET_AFTER

    (closed,) = desk.do(quiet(desk, ticket), TIMER)

    assert closed == StatusChanged(before=Status.RESOLVED, status=Status.CLOSED, cause=Cause.QUIET)


def test_a_timer_of_an_earlier_status_changes_nothing(desk: Desk):
    ticket = at(desk, "resolved")
    timer = quiet(desk, ticket)
    desk.do(desk.ask(ticket, ask.Reply, body="No, wait."), desk.carl)
    desk.do(to(desk, ticket, "resolved"), desk.ada)
    desk.now += QUIET_AFTER

    assert desk.do(timer, TIMER) == ()


def test_a_timer_for_a_ticket_that_is_not_resolved_changes_nothing(desk: Desk):
    ticket = at(desk, "pending")
    desk.now += QUIET_AFTER

    assert desk.do(quiet(desk, ticket), TIMER) == ()


def test_a_timer_that_comes_too_early_may_come_again(desk: Desk):
    ticket = at(desk, "resolved")
    desk.now = ticket.status_at + QUIET_AFTER - 1

    with pytest.raises(Retryable) as refused:
        desk.do(quiet(desk, ticket), TIMER)

    assert refused.value.retryable
    assert refused.value.fields == {"retry_after": 1}


def test_nobody_but_the_machine_closes_quiet_tickets(desk: Desk):
    ticket = at(desk, "resolved")

    with pytest.raises(Forbidden, match="Only a timer"):
        desk.do(quiet(desk, ticket), desk.max)
