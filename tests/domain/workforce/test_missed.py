"""Offers that nobody answered: counted in a row, until there is a sign of life."""

from __future__ import annotations

import pytest

from domain.message import ActorKind, ActorRef, Meta
from domain.routing.events import Ended
from domain.ticket.facts import Facts
from domain.workforce import commands as ask
from domain.workforce.availability import has_more_room
from domain.workforce.decide import decide
from domain.workforce.evolve import fold
from domain.workforce.state import MISSED_MOST, Agent, AgentStatus
from tests.domain.desk import Desk, uid

NOW = 1_000_000_000
WORKS = Facts(agent=Desk().users[uid("ada")], connected=True)
HERE = {"status": "available"}


def after(agent: Agent, kind: type[ask.AgentCommand], **fields: object) -> Agent:
    """The agent after a command, as its commit says."""
    command = kind.model_validate({"command_id": "c:1", "agent_id": agent.id, **fields})
    actor = ActorRef(kind=ActorKind.SYSTEM, id="process")
    meta = Meta(seq=agent.seq + 1, at=NOW, actor=actor, command_id="c:1")
    return fold(agent, decide(agent, command, NOW, WORKS), meta)


def offered(agent: Agent, reservation: str) -> Agent:
    """As the steps of an offer do it: held first, and confirmed once it is made."""
    hold = {"ticket_id": uid("t"), "reservation": reservation, "weight": 1}
    reserved = after(agent, ask.Reserve, **hold, as_of=1, automatic=True)
    return after(reserved, ask.Confirm, **hold, as_of=2)


def let_go(agent: Agent, reservation: str, outcome: Ended | None) -> Agent:
    return after(agent, ask.Release, ticket_id=uid("t"), reservation=reservation, outcome=outcome)


def missing(count: int) -> Agent:
    agent = Agent(id=uid("ada"))
    for place in range(count):
        agent = let_go(offered(agent, f"r{place}"), f"r{place}", Ended.EXPIRED)
    return agent


def test_so_many_in_a_row_and_they_do_not_answer():
    assert missing(MISSED_MOST - 1).answers
    assert not missing(MISSED_MOST).answers


def test_an_offer_that_is_accepted_or_declined_is_a_sign_of_life():
    agent = offered(missing(2), "new")
    assert agent.missed == 2
    accepted = after(agent, ask.Confirm, ticket_id=uid("t"), reservation="new", weight=1, as_of=3)
    assert accepted.missed == 0
    assert let_go(agent, "new", Ended.DECLINED).missed == 0


@pytest.mark.parametrize("outcome", [None, Ended.WITHDRAWN])
def test_what_others_do_is_none(outcome: Ended | None):
    assert let_go(offered(missing(2), "new"), "new", outcome).missed == 2


def test_who_says_that_they_are_here_is_offered_things_again():
    before = missing(MISSED_MOST)
    back = after(before, ask.SetAgentStatus, **HERE)
    assert back.missed == 0
    assert back.status is AgentStatus.AVAILABLE
    assert has_more_room(before, back)
    assert after(back, ask.SetAgentStatus, **HERE).head == back.head  # That is no news any more.


def test_a_break_is_a_sign_of_life():
    assert after(missing(MISSED_MOST), ask.StartBreak, minutes=5).missed == 0
