"""What is due on the clocks: in order, once, whatever came in between."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import Forbidden, Retryable
from domain.message import Event
from domain.process import MACHINE
from domain.routing.events import Ended, OfferEnded, RequeueReason, TicketRequeued
from domain.routing.state import Offer
from domain.sla.commands import SlaTick
from domain.sla.events import SlaBreached, SlaChanged, SlaEscalated, SlaWarned
from domain.ticket import commands as ask
from domain.ticket.events import PriorityChanged, TicketAssigned
from domain.ticket.state import Ticket
from domain.ticket.wakes import wakes
from tests.domain.desk import uid
from tests.domain.sla.hours import at
from tests.domain.sla.promises import FIRST, RESOLUTION, Promising, book, policy, targets

ONE_HOUR = {"medium": targets(60, None, None), "high": targets(30, None, None)}


def promising(*ladder: dict[str, Any], warn_at: tuple[int, ...] = (50, 80)) -> Promising:
    """A first answer within the hour, from ten o'clock on."""
    return Promising(book(policy(targets=ONE_HOUR, warn_at=warn_at, ladder=ladder)))


def said(events: tuple[Event, ...]) -> list[Any]:
    """What a tick did, in short."""
    short: list[Any] = []
    for event in events:
        match event:
            case SlaWarned():
                short.append(event.percent)
            case SlaEscalated():
                short.append(event.act.value)
            case _:
                short.append(event.type.partition(".")[2])
    return short


def next_at(desk: Promising, ticket: Ticket) -> int:
    return wakes(desk.now_of(ticket))[0].at


def test_it_warns_at_each_percentage_and_then_says_that_it_is_late():
    desk = promising()
    ticket = desk.open()
    for moment, event in (("10:30", 50), ("10:48", 80), ("11:00", "sla_breached")):
        assert next_at(desk, ticket) == at(f"2026-11-23T{moment}")
        assert said(desk.at(moment).tick(ticket)) == [event]
    assert wakes(desk.now_of(ticket)) == []
    assert desk.clock(ticket, FIRST).breached_at == at("2026-11-23T11:00")
    assert desk.clock(ticket, FIRST).warned == (50, 80)


def test_what_was_missed_for_long_is_said_in_the_order_in_which_it_was_due():
    desk = promising(
        {"act": "notify", "minutes_after": 10, "notify": [uid("sue")]},
        {"act": "notify", "percent": 60},
    )
    ticket = desk.open()
    events = desk.at("16:00").tick(ticket)
    assert said(events) == [50, "notify", 80, "sla_breached", "notify"]
    notified = [each for each in events if isinstance(each, SlaEscalated)]
    assert [each.notify for each in notified] == [(), (uid("sue"),)]
    assert wakes(desk.now_of(ticket)) == []


def test_the_wake_of_a_ticket_is_the_tick_s_command():
    desk = promising()
    ticket = desk.open()
    command = wakes(desk.now_of(ticket))[0].command()
    assert command.command_id == f"sla_tick:ticket:{ticket.id}:1"
    desk.at("10:30").do(command, MACHINE)
    assert desk.clock(ticket, FIRST).warned == (50,)


def test_a_tick_before_its_time_is_asked_to_come_again():
    desk = promising()
    ticket = desk.open()
    with pytest.raises(Retryable) as early:
        desk.at("10:29").tick(ticket)
    assert early.value.fields == {"retry_after": 60}


def test_an_answer_before_the_deadline_leaves_the_tick_nothing():
    desk = promising()
    ticket = desk.open()
    generation = desk.sla(ticket).seq
    desk.at("10:59").says(desk.ada, ticket)
    late = desk.ask(ticket, SlaTick, generation=generation)
    assert desk.at("11:00").do(late, MACHINE) == ()
    assert desk.clock(ticket, FIRST).breached_at is None


def test_an_answer_after_the_deadline_is_late_whether_the_tick_was_there_or_not():
    before, behind = promising(), promising()
    one, other = before.open(), behind.open()
    before.at("11:00").tick(one)
    before.at("11:01").says(before.ada, one)
    generation = behind.sla(other).seq
    events = behind.at("11:01").says(behind.ada, other)
    assert [type(each) for each in events[1:]] == [SlaBreached, SlaChanged]
    assert behind.do(behind.ask(other, SlaTick, generation=generation), MACHINE) == ()
    for desk, ticket in ((before, one), (behind, other)):
        clock = desk.clock(ticket, FIRST)
        assert clock.breached_at == at("2026-11-23T11:00")
        assert clock.met_at == at("2026-11-23T11:01")
        told = [e for c in desk.log[f"ticket:{ticket.id}"] for e in c.events]
        assert sum(isinstance(each, SlaBreached) for each in told) == 1


def test_while_it_is_pending_nothing_is_due():
    desk = promising()
    ticket = desk.open()
    desk.at("10:29").status(ticket, "pending")
    assert wakes(desk.now_of(ticket)) == []
    desk.at("12:00").status(ticket, "open")
    assert next_at(desk, ticket) == at("2026-11-23T12:01")


def test_the_ladder_raises_the_priority_and_with_it_the_hurry():
    desk = promising({"act": "raise_priority", "percent": 40}, warn_at=(90,))
    ticket = desk.open()
    events = desk.at("10:24").tick(ticket)
    assert said(events) == ["raise_priority", "priority_changed", "sla_changed"]
    assert desk.now_of(ticket).priority.value == "high"
    assert desk.due(ticket, FIRST) == at("2026-11-23T10:30")
    assert next_at(desk, ticket) == at("2026-11-23T10:27")


def test_an_urgent_ticket_cannot_be_raised_and_is_told_of_all_the_same():
    desk = Promising(book(policy(ladder=({"act": "raise_priority", "percent": 50},))))
    ticket = desk.open(priority="urgent")
    assert "raise_priority" in said(desk.at("10:08").tick(ticket))
    assert desk.now_of(ticket).priority.value == "urgent"


def test_the_ladder_takes_the_ticket_from_who_does_not_answer():
    desk = promising({"act": "reassign", "minutes_after": 5}, warn_at=())
    ticket = desk.open()
    desk.at("10:10").do(desk.ask(ticket, ask.AssignTicket, agent_id=uid("ada")), desk.ada)
    desk.at("11:00").tick(ticket)
    events = desk.at("11:05").tick(ticket)
    assert said(events) == ["reassign", "assigned", "requeued"]
    (requeued,) = [each for each in events if isinstance(each, TicketRequeued)]
    assert (requeued.agent_id, requeued.reason) == (uid("ada"), RequeueReason.SLA)
    assert desk.now_of(ticket).owner_id is None
    assert desk.agents[uid("ada")].load == 0


def test_the_ladder_gives_it_to_another_team():
    desk = promising({"act": "reassign", "percent": 100, "team_id": uid("second")}, warn_at=())
    ticket = desk.open()
    assert said(desk.at("11:00").tick(ticket)) == [
        "sla_breached",
        "reassign",
        "assigned",
        "sla_changed",
    ]
    assert desk.now_of(ticket).team_id == uid("second")


def test_the_ladder_hands_it_to_a_supervisor_who_has_room_or_not():
    desk = promising({"act": "supervisor", "percent": 100, "agent_id": uid("sue")}, warn_at=())
    ticket = desk.open()
    events = desk.at("11:00").tick(ticket)
    (given,) = [each for each in events if isinstance(each, TicketAssigned)]
    assert given.agent_id == uid("sue")
    assert desk.agents[uid("sue")].load == 2


def test_a_supervisor_who_left_gets_nothing_and_the_ladder_goes_on():
    desk = promising(
        {"act": "supervisor", "percent": 100, "agent_id": uid("gone")},
        {"act": "notify", "minutes_after": 1},
        warn_at=(),
    )
    ticket = desk.open()
    assert said(desk.at("11:01").tick(ticket)) == ["sla_breached", "supervisor", "notify"]
    assert desk.now_of(ticket).owner_id is None


def test_each_clock_has_its_own_ladder():
    ladder = ({"act": "notify", "percent": 50, "metric": "resolution"},)
    desk = Promising(book(policy(targets={"medium": targets(60, None, 60)}, ladder=ladder)))
    ticket = desk.open()
    events = desk.at("10:30").tick(ticket)
    assert [each.metric for each in events if isinstance(each, SlaEscalated)] == [RESOLUTION]
    assert desk.clock(ticket, FIRST).escalated == 0


def test_a_tick_without_its_policy_lets_the_clocks_rest():
    desk = promising()
    ticket = desk.open()
    desk.book = book(policy("Another", active=False))
    desk.at("10:30").tick(ticket)
    assert wakes(desk.now_of(ticket)) == []
    assert desk.clock(ticket, FIRST).since is None


def test_a_ladder_that_grew_shorter_moves_on():
    desk = promising({"act": "notify", "percent": 20}, warn_at=())
    ticket = desk.open()
    desk.book = book(policy(targets=ONE_HOUR))
    assert said(desk.at("10:12").tick(ticket)) == ["sla_changed"]
    assert next_at(desk, ticket) == at("2026-11-23T11:00")


def test_only_the_machine_ticks():
    desk = promising()
    ticket = desk.open()
    with pytest.raises(Forbidden):
        desk.do(desk.ask(ticket, SlaTick, generation=1), desk.sue)


def test_an_offer_is_withdrawn_before_the_ladder_gives_the_ticket_away():
    desk = promising({"act": "supervisor", "percent": 100, "agent_id": uid("sue")}, warn_at=())
    ticket = desk.open()
    held = desk.tickets[ticket.id]
    assert held.private is not None
    offer = Offer(agent_id=uid("ada"), until=at("2026-11-23T12:00"), reservation="r", seq=1)
    private = held.private.model_copy(update={"offer": offer})
    desk.tickets[ticket.id] = held.model_copy(update={"private": private})
    events = desk.at("11:00").tick(ticket)
    ended = [each for each in events if isinstance(each, OfferEnded)]
    assert [each.outcome for each in ended] == [Ended.WITHDRAWN]
    assert events.index(ended[0]) < [type(each) for each in events].index(TicketAssigned)


def test_raising_twice_is_two_rungs():
    desk = promising(
        {"act": "raise_priority", "percent": 10}, {"act": "raise_priority", "percent": 20}
    )
    ticket = desk.open(priority="medium")
    desk.at("10:20").tick(ticket)
    told = [e for e in desk.log[f"ticket:{ticket.id}"][-1].events if isinstance(e, PriorityChanged)]
    assert [each.priority.value for each in told] == ["high", "urgent"]
