"""Who is asked, what their answers lead to, and what ends it."""

from __future__ import annotations

from typing import Any

import pytest

from domain.access import Actor, Permission, allows, belonging_after, belonging_of
from domain.approval.commands import Approve, Refuse, RemindApproval
from domain.approval.decide import MOST_REMINDERS, REMIND_AFTER
from domain.approval.state import Approval, ApprovalStatus, Level, Rule
from domain.errors import Conflict, DomainError, Forbidden, NotFound, Retryable
from domain.inbox.state import Category
from domain.message import Audience
from domain.ticket.commands import DeleteTicket, Reply, SetStatus, UpdateTicket
from domain.ticket.state import Status, Ticket, Visibility
from domain.ticket.wakes import wakes
from tests.domain.desk import TIMER, Desk, uid

FIRST = Level(approver_ids=(uid("ada"), uid("bob")), rule=Rule.ALL)
SECOND = Level(approver_ids=(uid("cy"), uid("sue")), rule=Rule.ANY)


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.categories[uid("dear")] = Category(
        id=uid("dear"), name="Dear", team_id=uid("first"), approval=(FIRST, SECOND)
    )
    return desk


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    """A ticket of Carl's that waits for its first level."""
    return desk.open(category=uid("dear"))


def approval_of(ticket: Ticket) -> Approval:
    assert ticket.private is not None
    assert ticket.private.approval is not None
    return ticket.private.approval


def approve(desk: Desk, ticket: Ticket, who: Actor) -> Ticket:
    desk.do(desk.ask(ticket, Approve), who)
    return desk.now_of(ticket)


def refused(desk: Desk, ticket: Ticket, kind: Any, who: Actor, error: type[DomainError]) -> str:
    fields = {"reason": "No."} if kind is Refuse else {}
    with pytest.raises(error) as raised:
        desk.do(desk.ask(ticket, kind, **fields), who)
    return str(raised.value)


def update(desk: Desk, ticket: Ticket, category: str | None) -> Ticket:
    named = uid(category) if category else None
    desk.do(desk.ask(ticket, UpdateTicket, category=named), desk.sue)
    return desk.now_of(ticket)


def test_a_ticket_in_such_a_category_waits_and_its_client_sees_that(desk: Desk, ticket: Ticket):
    assert ticket.approval is ApprovalStatus.WAITING
    assert approval_of(ticket).asked == (uid("ada"), uid("bob"))
    seen = ticket.seen_by(Audience.PUBLIC)
    assert (seen.approval, seen.private) == (ApprovalStatus.WAITING, None)
    assert desk.open(category=uid("other")).approval is None


def test_all_of_one_level_then_any_of_the_next_and_it_is_approved(desk: Desk, ticket: Ticket):
    after = approve(desk, ticket, desk.ada)
    assert (approval_of(after).level, approval_of(after).asked) == (0, (uid("bob"),))
    after = approve(desk, ticket, desk.bob)
    assert (approval_of(after).level, approval_of(after).asked) == (1, (uid("cy"), uid("sue")))
    assert after.approval is ApprovalStatus.WAITING
    after = approve(desk, ticket, desk.cy)

    assert after.approval is ApprovalStatus.APPROVED
    assert wakes(after) == []
    assert (after.status, after.owner_id) == (Status.OPEN, None)  # The router may have it.
    said = [(each.approver_id, each.level) for each in approval_of(after).decisions]
    assert said == [(uid("ada"), 0), (uid("bob"), 0), (uid("cy"), 1)]


def test_one_refusal_closes_it_with_the_reason(desk: Desk, ticket: Ticket):
    desk.do(desk.ask(ticket, Refuse, reason="Too dear."), desk.bob)

    after = desk.now_of(ticket)
    assert (after.status, after.approval) == (Status.CLOSED, ApprovalStatus.REFUSED)
    events = desk.log[f"ticket:{ticket.id}"][-1].events
    assert [event.type for event in events if event.audience is Audience.PUBLIC] == [
        "ticket.approval_changed",
        "ticket.status_changed",
    ]
    assert {getattr(event, "reason", None) for event in events} == {"Too dear."}


def test_only_who_is_asked_decides_and_only_once(desk: Desk, ticket: Ticket):
    refused(desk, ticket, Approve, desk.sue, Forbidden)  # It is not their turn.
    refused(desk, ticket, Approve, desk.max, Forbidden)
    refused(desk, ticket, Approve, desk.carl, Forbidden)
    refused(desk, ticket, Refuse, desk.dora, NotFound)
    approve(desk, ticket, desk.ada)
    assert "already" in refused(desk, ticket, Refuse, desk.ada, Conflict)


def test_each_end_is_told_to_who_comes_too_late(desk: Desk, ticket: Ticket):
    gone = desk.open(category=uid("dear"))
    update(desk, gone, "other")
    assert "any more" in refused(desk, gone, Approve, desk.ada, Conflict)
    no = desk.open(category=uid("dear"))
    desk.do(desk.ask(no, Refuse, reason="No."), desk.ada)
    assert "refused already" in refused(desk, no, Approve, desk.bob, Conflict)
    for who in (desk.ada, desk.bob, desk.cy):
        approve(desk, ticket, who)
    assert "approved already" in refused(desk, ticket, Refuse, desk.sue, Conflict)


def test_moving_into_a_category_asks_and_moving_away_withdraws(desk: Desk):
    ticket = desk.open(category=uid("other"))

    asked = update(desk, ticket, "dear")
    assert asked.approval is ApprovalStatus.WAITING
    withdrawn = update(desk, ticket, None)
    assert (withdrawn.approval, wakes(withdrawn)) == (None, [])
    again = update(desk, ticket, "dear")
    assert approval_of(again).decisions == ()
    assert approval_of(again).seq > approval_of(asked).seq


@pytest.mark.parametrize("who", ["carl", "bob", "sue"])
@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
def test_whoever_ends_a_ticket_that_waits_withdraws_what_is_asked(
    desk: Desk, ticket: Ticket, who: str, status: Status
):
    desk.do(desk.ask(ticket, SetStatus, status=status), getattr(desk, who))

    after = desk.now_of(ticket)
    assert (after.status, after.approval, wakes(after)) == (status, None, [])
    told = [event.type for event in desk.log[f"ticket:{ticket.id}"][-1].events]
    assert told == ["ticket.status_changed", "ticket.approval_changed"]
    assert str(status) in refused(desk, ticket, Approve, desk.ada, Conflict)


def test_a_deleted_ticket_reminds_nobody(desk: Desk, ticket: Ticket):
    desk.do(desk.ask(ticket, DeleteTicket), desk.max)
    assert wakes(desk.now_of(ticket)) == []
    refused(desk, ticket, Approve, desk.ada, NotFound)


def test_what_ends_as_it_moves_into_such_a_category_does_not_wait(desk: Desk):
    ticket = desk.open()
    moved = desk.ask(ticket, UpdateTicket, category=uid("dear"), status=Status.CLOSED)
    desk.do(moved, desk.sue)
    assert desk.now_of(ticket).approval is None


def test_what_comes_back_as_it_moves_into_such_a_category_waits(desk: Desk):
    ticket = desk.open()
    desk.do(desk.ask(ticket, SetStatus, status=Status.CLOSED), desk.sue)
    back = desk.ask(ticket, UpdateTicket, category=uid("dear"), status=Status.OPEN)
    desk.do(back, desk.sue)
    assert desk.now_of(ticket).approval is ApprovalStatus.WAITING


@pytest.mark.parametrize("by", ["reply", "status"])
def test_what_is_brought_back_before_it_was_decided_is_asked_for_again(
    desk: Desk, ticket: Ticket, by: str
):
    before = approval_of(approve(desk, ticket, desk.ada))
    desk.do(desk.ask(ticket, SetStatus, status=Status.RESOLVED), desk.bob)
    desk.stand_ins = {uid("ada"): uid("max")}

    if by == "reply":
        desk.do(desk.ask(ticket, Reply, body="No!", visibility=Visibility.PUBLIC), desk.carl)
    else:
        desk.do(desk.ask(ticket, SetStatus, status=Status.OPEN), desk.bob)

    after = desk.now_of(ticket)
    assert (after.status, after.approval) == (Status.OPEN, ApprovalStatus.WAITING)
    assert (approval_of(after).asked, approval_of(after).level) == ((uid("max"), uid("bob")), 0)
    assert approval_of(after).asked_at > before.asked_at  # Which no earlier link is for.


def test_what_is_brought_back_once_it_was_approved_or_moved_away_is_not(desk: Desk, ticket: Ticket):
    moved = desk.open(category=uid("dear"))
    update(desk, moved, "other")
    for who in (desk.ada, desk.bob, desk.cy):
        approve(desk, ticket, who)
    for each, kept in ((ticket, ApprovalStatus.APPROVED), (moved, None)):
        desk.do(desk.ask(each, SetStatus, status=Status.RESOLVED), desk.bob)
        desk.do(desk.ask(each, SetStatus, status=Status.OPEN), desk.bob)
        assert desk.now_of(each).approval is kept


def test_what_follows_a_ticket_that_was_closed_undecided_is_asked_for(desk: Desk, ticket: Ticket):
    desk.do(desk.ask(ticket, SetStatus, status=Status.CLOSED), desk.carl)
    desk.do(desk.ask(ticket, Reply, body="After all.", visibility=Visibility.PUBLIC), desk.carl)

    (next_id,) = desk.now_of(ticket).follow_ups
    assert desk.tickets[next_id].approval is ApprovalStatus.WAITING


def test_what_follows_a_refused_ticket_is_asked_for_too(desk: Desk, ticket: Ticket):
    desk.do(desk.ask(ticket, Refuse, reason="No."), desk.ada)
    desk.do(desk.ask(ticket, Reply, body="Please.", visibility=Visibility.PUBLIC), desk.carl)

    (next_id,) = desk.now_of(ticket).follow_ups
    assert desk.tickets[next_id].approval is ApprovalStatus.WAITING
    assert approval_of(desk.tickets[next_id]).asked == (uid("ada"), uid("bob"))


def test_what_follows_an_approved_ticket_is_not_asked_for_again(desk: Desk, ticket: Ticket):
    for who in (desk.ada, desk.bob, desk.cy):
        approve(desk, ticket, who)
    desk.do(desk.ask(ticket, SetStatus, status=Status.CLOSED), desk.sue)
    desk.do(desk.ask(ticket, Reply, body="More.", visibility=Visibility.PUBLIC), desk.carl)

    (next_id,) = desk.now_of(ticket).follow_ups
    assert desk.tickets[next_id].approval is None


def test_an_approver_may_read_it_though_it_is_another_teams_until_it_is_withdrawn(desk: Desk):
    ticket = desk.open()
    header = [belonging_of(ticket)]

    def follows() -> bool:
        """Whoever only hears the events judges as who sees the whole."""
        events = desk.log[f"ticket:{ticket.id}"][-1].events
        for event in events:
            header[0] = belonging_after(header[0], event.model_dump(mode="json"))
        return header[0] == belonging_of(desk.now_of(ticket))

    assert not allows(desk.cy, Permission.TICKET_READ, belonging_of(ticket))
    asked = update(desk, ticket, "dear")
    assert follows()
    assert allows(desk.cy, Permission.TICKET_READ, belonging_of(asked))
    assert not allows(desk.cy, Permission.TICKET_REPLY, belonging_of(asked))
    withdrawn = update(desk, ticket, "other")
    assert follows()
    assert not allows(desk.cy, Permission.TICKET_READ, belonging_of(withdrawn))


def test_a_deputy_is_asked_for_who_is_away_and_decides_in_their_place(desk: Desk):
    desk.stand_ins = {uid("ada"): uid("max")}
    ticket = desk.open(category=uid("dear"))

    assert approval_of(ticket).asked == (uid("max"), uid("bob"))
    after = approve(desk, ticket, desk.max)
    (decision,) = approval_of(after).decisions
    assert (decision.approver_id, decision.for_id) == (uid("max"), uid("ada"))
    refused(desk, ticket, Approve, desk.ada, Forbidden)


def decided(ticket: Ticket) -> list[tuple[str, str, int]]:
    """By whom, for whom, in which level."""
    return [(each.approver_id, each.for_id, each.level) for each in approval_of(ticket).decisions]


def test_one_deputy_of_two_who_are_away_answers_for_both(desk: Desk):
    desk.stand_ins = {uid("ada"): uid("max"), uid("bob"): uid("max")}
    ticket = desk.open(category=uid("dear"))

    assert approval_of(ticket).asked == (uid("max"),)
    after = approve(desk, ticket, desk.max)

    assert decided(after) == [(uid("max"), uid("ada"), 0), (uid("max"), uid("bob"), 0)]
    assert approval_of(after).level == 1


def test_an_approver_who_stands_in_for_another_answers_for_both(desk: Desk):
    desk.stand_ins = {uid("ada"): uid("bob")}
    ticket = desk.open(category=uid("dear"))

    after = approve(desk, ticket, desk.bob)

    assert set(decided(after)) == {(uid("bob"), uid("ada"), 0), (uid("bob"), uid("bob"), 0)}
    assert approval_of(after).level == 1


def test_who_stood_in_for_somebody_decides_the_next_level_for_themselves(desk: Desk):
    desk.stand_ins = {uid("ada"): uid("cy")}
    ticket = desk.open(category=uid("dear"))
    approve(desk, ticket, desk.cy)
    approve(desk, ticket, desk.bob)

    after = approve(desk, ticket, desk.cy)

    assert decided(after)[-1] == (uid("cy"), uid("cy"), 1)


def test_the_deputy_of_a_deputy_answers_for_who_was_away_first(desk: Desk):
    desk.stand_ins = {uid("ada"): uid("max")}
    ticket = desk.open(category=uid("dear"))
    desk.stand_ins = {uid("max"): uid("sue")}
    remind(desk, ticket)

    after = approve(desk, ticket, desk.sue)

    assert decided(after) == [(uid("sue"), uid("ada"), 0)]


def test_the_deputies_of_the_next_level_are_asked_when_its_turn_comes(desk: Desk, ticket: Ticket):
    desk.stand_ins = {uid("cy"): uid("max")}
    approve(desk, ticket, desk.ada)
    after = approve(desk, ticket, desk.bob)

    assert approval_of(after).asked == (uid("max"), uid("sue"))


def remind(desk: Desk, ticket: Ticket) -> Ticket:
    """The timer does what is due."""
    (wake,) = wakes(desk.now_of(ticket))
    desk.now = max(desk.now, wake.at)
    desk.do(wake.command(), TIMER)
    return desk.now_of(ticket)


def test_those_who_did_not_answer_are_reminded_some_times(desk: Desk, ticket: Ticket):
    approve(desk, ticket, desk.ada)
    asked_at = approval_of(ticket).asked_at
    after = ticket
    for time in range(1, MOST_REMINDERS + 1):
        after = remind(desk, ticket)
        assert desk.now >= asked_at + time * REMIND_AFTER
        event = desk.log[f"ticket:{ticket.id}"][-1].events[0]
        assert event.model_dump()["approver_ids"] == (uid("bob"),)
    assert wakes(after) == []
    assert after.approval is ApprovalStatus.WAITING


def test_who_went_away_since_is_not_reminded_but_replaced(desk: Desk, ticket: Ticket):
    desk.stand_ins = {uid("ada"): uid("max")}

    after = remind(desk, ticket)

    events = desk.log[f"ticket:{ticket.id}"][-1].events
    assert [event.type for event in events] == [
        "ticket.approval_delegated",
        "ticket.approval_reminded",
    ]
    assert approval_of(after).asked == (uid("max"), uid("bob"))


def test_who_answered_already_does_not_stand_in_for_another(desk: Desk, ticket: Ticket):
    approve(desk, ticket, desk.ada)
    desk.stand_ins = {uid("bob"): uid("ada")}

    assert approval_of(remind(desk, ticket)).asked == (uid("bob"),)
    assert approval_of(approve(desk, ticket, desk.bob)).level == 1


def test_a_reminder_of_an_earlier_round_or_too_early_does_nothing(desk: Desk, ticket: Ticket):
    seq = approval_of(ticket).seq
    early = RemindApproval(command_id="a:b", ticket_id=ticket.id, generation=seq)
    with pytest.raises(Retryable):
        desk.do(early, TIMER)
    approve(desk, ticket, desk.ada)
    desk.now += 2 * REMIND_AFTER
    late = RemindApproval(command_id="a:c", ticket_id=ticket.id, generation=seq)
    assert desk.do(late, TIMER) == ()
