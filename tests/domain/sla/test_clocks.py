"""The clocks of a ticket, message by message; among them cases that other desks publish."""

from __future__ import annotations

import pytest

from domain.contact.state import Contact
from domain.process import MACHINE
from domain.sla.business import BusinessTime
from domain.sla.events import SlaBreached, SlaChanged
from domain.ticket import commands as ask
from domain.ticket.events import MessagePosted, StatusChanged
from tests.domain.desk import Desk, uid
from tests.domain.sla.hours import HOUR, MINUTE, OFFICE, at, business, calendar, hours
from tests.domain.sla.promises import (
    FIRST,
    NEXT,
    OPEN_HOURS,
    RESOLUTION,
    Promising,
    book,
    policy,
    targets,
)


@pytest.fixture
def desk() -> Promising:
    return Promising()


def test_without_a_policy_nothing_is_told(desk: Promising):
    plain = Desk()
    ticket = plain.open()
    assert plain.do(plain.ask(ticket, ask.Reply, body="Hello."), plain.ada)[1:] == ()
    assert plain.now_of(ticket).private.sla is None


def test_a_new_ticket_is_owed_a_first_answer_and_its_resolution(desk: Promising):
    ticket = desk.open()
    (told,) = [e for e in desk.log[f"ticket:{ticket.id}"][0].events if isinstance(e, SlaChanged)]
    assert told.policy_id == uid("policy Everybody")
    assert desk.due(ticket, FIRST) == at("2026-11-23T11:00")
    assert desk.due(ticket, RESOLUTION) == at("2026-11-24T10:00")
    assert desk.sla(ticket).clock(NEXT) is None
    assert desk.sla(ticket).seq == 1


def test_the_first_public_answer_of_staff_is_the_first_response(desk: Promising):
    ticket = desk.open()
    desk.at("10:20").says(desk.ada, ticket, visibility="private")
    assert desk.clock(ticket, FIRST).met_at is None
    desk.at("10:30").says(desk.ada, ticket)
    met = desk.clock(ticket, FIRST)
    assert (met.met_at, met.consumed, met.due_at) == (at("2026-11-23T10:30"), 30 * MINUTE, None)
    assert desk.at("10:40").says(desk.ada, ticket)[1:] == ()  # Nothing is owed any more.


def test_what_the_client_adds_before_the_first_answer_owes_nothing_more(desk: Promising):
    ticket = desk.open()
    assert desk.at("10:10").says(desk.carl, ticket)[1:] == ()


def test_the_next_answer_is_owed_from_the_first_word_that_nobody_answered(desk: Promising):
    ticket = desk.open()
    desk.at("10:30").says(desk.ada, ticket)
    desk.at("11:00").says(desk.carl, ticket)
    desk.at("11:30").says(desk.carl, ticket)
    assert desk.due(ticket, NEXT) == at("2026-11-23T13:00")
    desk.at("12:00").says(desk.bob, ticket)
    assert desk.clock(ticket, NEXT).met_at == at("2026-11-23T12:00")
    desk.at("14:00").says(desk.carl, ticket)
    again = desk.clock(ticket, NEXT)
    assert (again.started_at, again.consumed, again.met_at) == (at("2026-11-23T14:00"), 0, None)


def test_who_opened_it_from_here_owes_no_first_answer_but_the_next(desk: Promising):
    ticket = desk.open(desk.ada, requester_id=uid("carl"))
    assert desk.sla(ticket).clock(FIRST) is None
    assert desk.due(ticket, RESOLUTION) == at("2026-11-24T10:00")
    desk.at("10:30").says(desk.carl, ticket)
    assert desk.due(ticket, NEXT) == at("2026-11-23T12:30")


def test_while_it_is_pending_on_the_client_no_clock_runs(desk: Promising):
    ticket = desk.open()
    desk.at("10:15").status(ticket, "pending")
    for metric in (FIRST, RESOLUTION):
        paused = desk.clock(ticket, metric)
        assert (paused.since, paused.due_at, paused.consumed) == (None, None, 15 * MINUTE)
    desk.at("12:00").status(ticket, "open")
    assert desk.due(ticket, FIRST) == at("2026-11-23T12:45")
    assert desk.due(ticket, RESOLUTION) == at("2026-11-24T11:45")


def test_a_client_s_word_wakes_a_pending_ticket_and_its_clocks_in_one_commit(desk: Promising):
    ticket = desk.open()
    desk.at("10:30").says(desk.ada, ticket)
    desk.at("10:30").status(ticket, "pending")
    events = desk.at("15:00").says(desk.carl, ticket)
    assert [type(each) for each in events] == [MessagePosted, StatusChanged, SlaChanged]
    assert desk.due(ticket, NEXT) == at("2026-11-23T17:00")
    assert desk.clock(ticket, RESOLUTION).consumed == 30 * MINUTE


def test_an_answer_while_it_is_pending_meets_what_was_owed(desk: Promising):
    ticket = desk.open()
    desk.at("10:15").status(ticket, "pending")
    desk.at("16:00").says(desk.ada, ticket)
    met = desk.clock(ticket, FIRST)
    assert (met.met_at, met.consumed) == (at("2026-11-23T16:00"), 15 * MINUTE)


def test_resolved_stops_them_and_reopened_they_go_on_with_what_was_consumed(desk: Promising):
    ticket = desk.open()
    desk.at("12:00").status(ticket, "resolved")
    resolved = desk.clock(ticket, RESOLUTION)
    assert (resolved.met_at, resolved.consumed) == (at("2026-11-23T12:00"), 2 * HOUR)
    assert desk.sla(ticket).wake_at is None
    desk.at("15:00").says(desk.carl, ticket)
    again = desk.clock(ticket, RESOLUTION)
    assert (again.met_at, again.due_at) == (None, at("2026-11-24T13:00"))
    late = desk.clock(ticket, FIRST)  # Nobody ever answered: two hours of one were gone.
    assert late.breached_at == at("2026-11-23T11:00")
    assert late.due_at == at("2026-11-23T14:00")


def test_closing_what_was_resolved_changes_nothing(desk: Promising):
    ticket = desk.open()
    desk.at("12:00").status(ticket, "resolved")
    assert desk.at("13:00").status(ticket, "closed")[1:] == ()


def test_an_answer_after_the_deadline_is_a_breach_in_its_own_commit(desk: Promising):
    ticket = desk.open()
    posted, breached, changed = desk.at("11:30").says(desk.ada, ticket)
    assert isinstance(posted, MessagePosted)
    assert isinstance(breached, SlaBreached)
    assert isinstance(changed, SlaChanged)
    assert (breached.metric, breached.due_at) == (FIRST, at("2026-11-23T11:00"))
    clock = desk.clock(ticket, FIRST)
    assert (clock.met_at, clock.breached_at) == (at("2026-11-23T11:30"), at("2026-11-23T11:00"))


def test_a_higher_priority_has_less_time_and_keeps_what_was_consumed(desk: Promising):
    ticket = desk.open()
    desk.at("10:10").priority(ticket, "urgent")
    assert desk.due(ticket, FIRST) == at("2026-11-23T10:15")
    assert desk.due(ticket, RESOLUTION) == at("2026-11-23T12:00")


def test_a_target_that_is_used_up_was_due_when_that_was_so(desk: Promising):
    ticket = desk.open()
    desk.at("10:50").priority(ticket, "urgent")
    assert desk.due(ticket, FIRST) == at("2026-11-23T10:15")
    assert desk.clock(ticket, FIRST).breached_at is None  # Until the tick that is due now.
    assert desk.sla(ticket).wake_at == at("2026-11-23T10:50")


def test_a_lower_priority_takes_a_breach_back_where_there_is_time_again(desk: Promising):
    ticket = desk.open(priority="urgent")
    desk.at("10:15")
    desk.tick(ticket)
    assert desk.clock(ticket, FIRST).breached_at == at("2026-11-23T10:15")
    desk.at("10:20").priority(ticket, "low")
    clock = desk.clock(ticket, FIRST)
    assert (clock.breached_at, clock.due_at) == (None, at("2026-11-23T11:00"))


def test_another_team_s_policy_goes_by_its_own_calendar():
    nights = business(hours(OFFICE, "17:00", "09:00"))
    theirs = policy("Second", position=1, calendar_id=uid("nights"), team_ids=[uid("second")])
    desk = Promising(book(theirs, policy(position=2), nights=nights))
    ticket = desk.open()
    desk.at("10:30").do(
        desk.ask(ticket, ask.AssignTicket, agent_id=None, team_id=uid("second")), desk.ada
    )
    assert desk.sla(ticket).calendar_id == uid("nights")
    assert desk.clock(ticket, FIRST).consumed == 30 * MINUTE
    assert desk.due(ticket, FIRST) == at("2026-11-23T17:30")


def test_what_is_not_promised_any_more_rests_and_goes_on_when_it_is_again():
    only_urgent = policy(targets={"urgent": targets(15, 30, 120)})
    desk = Promising(book(only_urgent))
    ticket = desk.open(priority="urgent")
    desk.at("10:10").priority(ticket, "low")
    assert desk.due(ticket, FIRST) is None
    desk.at("12:00").priority(ticket, "urgent")
    assert desk.due(ticket, FIRST) == at("2026-11-23T12:05")


def test_the_first_policy_that_fits_is_the_ticket_s():
    vip = policy("Vip", position=1, contact_tags=["vip"], targets={"medium": targets(5, 5, 5)})
    billing = policy(
        "Billing", position=2, category_ids=[uid("billing")], targets={"medium": targets(9, 9, 9)}
    )
    off = policy("Off", position=0, active=False)
    desk = Promising(book(policy(position=3), billing, vip, off))
    desk.contacts[uid("dora")] = Contact(id=uid("dora"), name="dora", tags=("vip",))
    fits = {
        desk.sla(desk.open()).policy_id: "Everybody",
        desk.sla(desk.open(category=uid("billing"))).policy_id: "Billing",
        desk.sla(desk.open(desk.dora, category=uid("billing"))).policy_id: "Vip",
    }
    assert fits == {uid(f"policy {name}"): name for name in fits.values()}


def test_a_policy_that_changes_counts_anew_and_keeps_what_was_consumed(desk: Promising):
    ticket = desk.open()
    desk.book = book(policy(version=2, targets={"medium": targets(30, None, 240)}))
    desk.at("10:20").recalculate(ticket)
    assert desk.due(ticket, FIRST) == at("2026-11-23T10:30")
    assert desk.due(ticket, RESOLUTION) == at("2026-11-23T14:00")
    assert desk.sla(ticket).policy_version == 2


def test_a_calendar_that_changes_measures_what_runs_anew(desk: Promising):
    ticket = desk.at("16:30").open()
    assert desk.due(ticket, FIRST) == at("2026-11-24T09:30")
    closed = calendar(OPEN_HOURS, holidays=({"date": "2026-11-24", "name": "Moving"},))
    desk.book = book(time=BusinessTime(closed, {}))
    desk.at("16:45").recalculate(ticket)
    assert desk.due(ticket, FIRST) == at("2026-11-25T09:30")


def test_where_nothing_comes_out_otherwise_nothing_is_told(desk: Promising):
    ticket = desk.open()
    desk.book = book(policy(version=2, position=7))
    assert desk.at("10:20").recalculate(ticket) == ()


def test_a_policy_that_is_gone_lets_the_clocks_rest(desk: Promising):
    ticket = desk.open()
    desk.book = book(policy(active=False))
    desk.at("10:20").recalculate(ticket)
    assert desk.sla(ticket).policy_id is None
    assert desk.sla(ticket).wake_at is None
    assert desk.clock(ticket, FIRST).consumed == 20 * MINUTE


def test_a_ticket_that_is_under_way_is_promised_something_from_now_on():
    desk = Promising(book(policy(active=False)))
    waiting, answered, asked = desk.open(), desk.open(), desk.open()
    for each in (answered, asked):
        desk.at("10:10").says(desk.ada, each)
    desk.at("10:20").says(desk.carl, asked)
    desk.book = book()
    for each in (waiting, answered, asked):
        desk.at("12:00").recalculate(each)
    assert desk.due(waiting, FIRST) == at("2026-11-23T13:00")
    assert {clock.metric for clock in desk.sla(answered).clocks} == {RESOLUTION}
    assert desk.due(asked, NEXT) == at("2026-11-23T14:00")


def test_what_the_assistant_says_is_nobody_s_answer(desk: Promising):
    ticket = desk.open()
    assert desk.at("10:10").says(MACHINE, ticket)[1:] == ()


def test_deleted_it_has_no_clocks(desk: Promising):
    ticket = desk.open()
    desk.do(desk.ask(ticket, ask.DeleteTicket), desk.sue)
    assert desk.now_of(ticket).private.sla is None


def test_a_clock_that_is_ahead_of_the_last_commit_counts_nothing_backwards(desk: Promising):
    ticket = desk.open()
    desk.at("09:59").says(desk.ada, ticket)
    assert desk.clock(ticket, FIRST).consumed == 0


# Cases from what others publish, in our words and figures.


def test_zammad_two_hours_at_four_with_a_close_at_five_are_over_an_hour_into_the_next_day():
    desk = Promising(book(policy(targets={"medium": targets(120, None, None)})))
    assert desk.due(desk.at("16:00").open(), FIRST) == at("2026-11-24T10:00")
    assert desk.due(desk.at("2026-11-27T16:00").open(), FIRST) == at("2026-11-30T10:00")


def test_zammad_with_eight_hours_a_day_sixteen_take_two_working_days():
    desk = Promising(book(policy(targets={"medium": targets(None, None, 960)})))
    assert desk.due(desk.at("09:00").open(), RESOLUTION) == at("2026-11-24T17:00")


def test_zammad_moving_a_ticket_does_not_begin_its_first_response_anew():
    desk = Promising(
        book(policy("Second", position=1, team_ids=[uid("second")]), policy(position=2))
    )
    ticket = desk.open()
    desk.at("10:30").do(
        desk.ask(ticket, ask.AssignTicket, agent_id=None, team_id=uid("second")), desk.ada
    )
    assert desk.clock(ticket, FIRST).started_at == at("2026-11-23T10:00")
    assert desk.due(ticket, FIRST) == at("2026-11-23T11:00")


def test_zammad_a_pending_ticket_adds_nothing_to_its_limits(desk: Promising):
    ticket = desk.open()
    desk.at("11:00").says(desk.ada, ticket)
    desk.at("11:00").status(ticket, "pending")
    desk.at("2026-11-25T11:00").status(ticket, "open")
    assert desk.due(ticket, RESOLUTION) == at("2026-11-26T10:00")


def test_zendesk_the_oldest_unanswered_comment_counts_and_internal_notes_answer_nothing(
    desk: Promising,
):
    ticket = desk.open()
    desk.at("10:05").says(desk.ada, ticket)
    for moment in ("11:00", "11:20", "11:40"):
        desk.at(moment).says(desk.carl, ticket)
    desk.at("11:50").says(desk.bob, ticket, visibility="private")
    assert desk.due(ticket, NEXT) == at("2026-11-23T13:00")


def test_zendesk_in_calendar_hours_a_weekend_counts_and_in_business_hours_it_does_not():
    always = business(hours(f"{OFFICE} sat sun", "00:00", "00:00"))
    one_day = policy(targets={"medium": targets(24 * 60, None, None)})
    friday = "2026-11-27T16:00"
    desk = Promising(book(one_day, time=always))
    assert desk.due(desk.at(friday).open(), FIRST) == at("2026-11-28T16:00")
    desk = Promising(book(one_day))
    assert desk.due(desk.at(friday).open(), FIRST) == at("2026-12-02T16:00")


def test_zendesk_solved_and_reopened_the_requester_goes_on_waiting_where_it_stopped():
    desk = Promising(book(policy(targets={"medium": targets(None, None, 180)})))
    ticket = desk.open()
    desk.at("11:00").status(ticket, "resolved")
    desk.at("14:00").says(desk.carl, ticket)
    desk.at("14:30").status(ticket, "resolved")
    assert desk.clock(ticket, RESOLUTION).consumed == HOUR + 30 * MINUTE
    desk.at("15:00").says(desk.carl, ticket)
    assert desk.due(ticket, RESOLUTION) == at("2026-11-23T16:30")


def test_where_only_the_next_answer_is_promised_the_first_clock_begins_with_the_client_s_word():
    desk = Promising(book(policy(targets={"medium": targets(None, 30, None)})))
    ticket = desk.open()
    assert desk.now_of(ticket).private.sla is None
    desk.at("10:10").says(desk.ada, ticket)
    assert desk.now_of(ticket).private.sla is None
    desk.at("10:20").says(desk.carl, ticket)
    assert desk.due(ticket, NEXT) == at("2026-11-23T10:50")


def test_a_policy_that_promises_a_ticket_nothing_is_not_told(desk: Promising):
    desk.book = book(policy(targets={"urgent": targets(15, 30, 120)}))
    ticket = desk.open(priority="low")
    assert desk.now_of(ticket).private.sla is None
