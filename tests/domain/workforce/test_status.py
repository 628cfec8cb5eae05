"""Status and breaks: one's own, or whoever manages the agents; a timer ends what ran out."""

from __future__ import annotations

import pytest

from domain.errors import Conflict, Forbidden, NotFound, Retryable
from domain.people.shifts import Span
from domain.ticket.facts import Facts
from domain.workforce import commands as ask
from domain.workforce.decide import authorize, decide
from domain.workforce.events import BreakEnd, BreakEnded, BreakStarted
from domain.workforce.state import Agent, AgentStatus, Break
from tests.domain.desk import Desk, uid

NOW, MINUTE = 1_000_000_000, 60_000
ADA = Agent(id=uid("ada"))
WORKS = Facts(agent=Desk().users[uid("ada")])
ON_BREAK = ADA.model_copy(update={"on_break": Break(since=NOW, until=NOW + 5 * MINUTE, seq=3)})


def command(kind: type[ask.AgentCommand], **fields: object) -> ask.AgentCommand:
    return kind.model_validate({"command_id": "c:1", "agent_id": uid("ada"), **fields})


AWAY = command(ask.SetAgentStatus, status="away")
PAUSE = command(ask.StartBreak, minutes=15)


@pytest.mark.parametrize("asked", [AWAY, PAUSE, command(ask.EndBreak)])
def test_agents_do_it_for_themselves_and_supervisors_for_others(asked: ask.AgentCommand):
    desk = Desk()
    authorize(ADA, asked, desk.ada)
    authorize(ADA, asked, desk.sue)
    for other in (desk.bob, desk.carl):
        with pytest.raises(Forbidden):
            authorize(ADA, asked, other)


def test_people_take_no_part_in_assignments_and_timers():
    for asked in (
        command(ask.BreakOver, generation=3),
        command(ask.WarnShiftEnd, until=NOW),
        command(ask.Release, ticket_id=uid("t"), reservation="r"),
    ):
        with pytest.raises(Forbidden, match="Only the steps"):
            authorize(ADA, asked, Desk().max)


def test_the_same_status_again_is_no_news_but_another_note_is():
    away = ADA.model_copy(update={"status": AgentStatus.AWAY})

    assert decide(away, AWAY, NOW, WORKS) == []
    assert len(decide(away, command(ask.SetAgentStatus, status="away", note="x"), NOW, WORKS)) == 1


def test_nobody_who_left_has_a_status():
    with pytest.raises(NotFound):
        decide(ADA, AWAY, NOW, Facts())


def test_a_break_ends_by_hand_by_the_clock_or_by_being_available():
    assert decide(ADA, PAUSE, NOW, WORKS) == [BreakStarted(until=NOW + 15 * MINUTE)]
    assert decide(ADA, command(ask.EndBreak), NOW, WORKS) == []
    by_hand = [BreakEnded(cause=BreakEnd.PERSON)]
    assert decide(ON_BREAK, command(ask.EndBreak), NOW, WORKS) == by_hand
    assert decide(ON_BREAK, command(ask.SetAgentStatus, status="available"), NOW, WORKS) == by_hand

    over = command(ask.BreakOver, generation=3)
    with pytest.raises(Retryable):
        decide(ON_BREAK, over, NOW, WORKS)
    assert decide(ON_BREAK, over, NOW + 5 * MINUTE, WORKS) == [BreakEnded(cause=BreakEnd.TIME)]


def test_the_timer_of_an_earlier_break_ends_no_later_one():
    assert decide(ON_BREAK, command(ask.BreakOver, generation=2), NOW * 2, WORKS) == []


def test_the_end_of_a_shift_is_warned_of_once():
    warned = ADA.model_copy(update={"warned_until": NOW})

    assert decide(warned, command(ask.WarnShiftEnd, until=NOW), NOW, WORKS) == []
    assert len(decide(warned, command(ask.WarnShiftEnd, until=NOW + 1), NOW, WORKS)) == 1


@pytest.mark.parametrize(
    ("agent", "facts", "why"),
    [
        (ON_BREAK, WORKS, "on break"),
        (ADA.model_copy(update={"status": AgentStatus.BUSY}), WORKS, "busy"),
        (ADA, WORKS.model_copy(update={"leave": (Span(NOW, NOW + 1),)}), "on leave"),
        (ADA, WORKS.model_copy(update={"connected": False}), "not connected"),
    ],
)
def test_a_machine_gives_nothing_to_who_is_not_free_but_a_person_may(
    agent: Agent, facts: Facts, why: str
):
    given = {"ticket_id": uid("t"), "reservation": "r", "weight": 2, "as_of": 1}

    with pytest.raises(Conflict, match=why):
        decide(agent, command(ask.Reserve, **given, automatic=True), NOW, facts)
    assert len(decide(agent, command(ask.Reserve, **given), NOW, facts)) == 1


def test_nobody_takes_more_than_they_can_carry_whoever_gives_it():
    for automatic in (True, False):
        given = {"ticket_id": uid("t"), "reservation": "r", "weight": 11, "as_of": 1}
        with pytest.raises(Conflict, match="no room"):
            decide(ADA, command(ask.Reserve, **given, automatic=automatic), NOW, WORKS)
