"""An agent's load: whatever the order of the steps, the end is the same."""

from itertools import permutations

import pytest

from domain.errors import Conflict, Invalid
from domain.message import Command, Meta
from domain.ticket import commands as ask
from domain.ticket.facts import Facts
from domain.workforce.commands import Confirm, HoldCommand, Release, Reserve, Reweigh
from domain.workforce.decide import decide
from domain.workforce.evolve import fold
from domain.workforce.state import LET_GO_KEPT, Agent, Held
from tests.domain.desk import Desk, uid

FACTS = Facts(agent=Desk().users[uid("ada")])  # Who has a capacity of 10.


def run(agent: Agent, command: Command, facts: Facts = FACTS) -> Agent:
    events = decide(agent, command, 5, facts)
    actor = {"kind": "system", "id": "process"}
    meta = Meta(seq=agent.seq + 1, at=5, actor=actor, command_id=command.command_id)
    return fold(agent, events, meta)


def step(kind: type[HoldCommand], reservation: str = "r", **fields: object) -> HoldCommand:
    named = {"agent_id": uid("ada"), "ticket_id": uid("t"), "reservation": reservation, **fields}
    return kind(command_id=f"{kind.__name__}:{reservation}", **named)


def reserve(reservation: str = "r", weight: int = 2, **fields: object) -> HoldCommand:
    return step(Reserve, reservation, **{"weight": weight, "as_of": 1, **fields})


FRESH = Agent(id=uid("ada"))


def test_what_is_reserved_weighs_at_once():
    agent = run(FRESH, reserve())

    assert agent.load == 2
    assert agent.held["r"] == Held(ticket_id=uid("t"), weight=2, confirmed=False, as_of=1)


def test_a_reservation_that_fits_exactly_is_held():
    assert run(FRESH, reserve(weight=10)).load == 10


def test_who_is_full_takes_no_more_and_the_refusal_says_how_full():
    agent = run(FRESH, reserve(weight=9, ticket_id=uid("other")))

    with pytest.raises(Conflict, match=r"weighs 2, and they carry 9 of 10"):
        run(agent, reserve("r2"))


def test_a_ticket_that_comes_back_by_itself_is_held_even_so():
    agent = run(FRESH, reserve(weight=10))

    agent = run(agent, reserve("r2", force=True))

    assert agent.load == 12
    assert agent.held["r2"].confirmed


def test_a_ticket_given_again_while_it_is_still_held_counts_once():
    agent = run(FRESH, reserve(weight=9))

    assert run(agent, reserve("r2", weight=9)).held.keys() == {"r", "r2"}


def test_the_same_reservation_again_changes_nothing():
    agent = run(FRESH, reserve())

    assert decide(agent, reserve(), 5, FACTS) == []


@pytest.mark.parametrize("user", [None, Desk().users[uid("eve")]])
def test_who_does_not_work_here_any_more_gets_nothing(user: object):
    with pytest.raises(Conflict, match="does not work here"):
        run(FRESH, reserve(), Facts(agent=user))


def test_a_release_of_an_earlier_gift_leaves_a_later_one_of_the_same_ticket():
    agent = run(run(FRESH, reserve("r1")), reserve("r2"))

    agent = run(agent, step(Release, "r1"))

    assert agent.held.keys() == {"r2"}


def test_an_older_weight_never_overwrites_a_newer_one():
    agent = run(FRESH, reserve())
    agent = run(agent, step(Reweigh, weight=5, as_of=9))

    assert decide(agent, step(Reweigh, weight=1, as_of=8), 5, FACTS) == []
    assert run(agent, step(Confirm, weight=1, as_of=8)).held["r"] == Held(
        ticket_id=uid("t"), weight=5, confirmed=True, as_of=9
    )


def test_a_confirmation_again_changes_nothing():
    agent = run(run(FRESH, reserve()), step(Confirm, weight=2, as_of=2))

    assert decide(agent, step(Confirm, weight=2, as_of=2), 5, FACTS) == []


def test_the_same_weight_of_a_newer_state_still_outdates_what_is_older():
    agent = run(FRESH, reserve(weight=2))

    agent = run(agent, step(Reweigh, weight=2, as_of=9))

    assert agent.held["r"].as_of == 9
    assert not agent.held["r"].confirmed


STEPS = (
    reserve(force=True),
    step(Reweigh, weight=5, as_of=3),
    step(Confirm, weight=3, as_of=2),
)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_in_whatever_order_steps_come_the_newest_weight_stands(order: tuple[int, ...]):
    agent = FRESH
    for index in order:
        agent = run(agent, STEPS[index])

    assert agent.held["r"] == Held(ticket_id=uid("t"), weight=5, confirmed=True, as_of=3)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_in_whatever_order_steps_come_what_was_released_is_free(order: tuple[int, ...]):
    agent = FRESH
    for index in order:
        agent = run(agent, (*STEPS, step(Release))[index])

    assert (agent.held, agent.load) == ({}, 0)


def test_only_the_last_releases_are_remembered():
    agent = FRESH
    for number in range(LET_GO_KEPT + 5):
        agent = run(agent, step(Release, f"r{number}"))

    assert len(agent.let_go) == LET_GO_KEPT
    assert agent.let_go[-1] == f"r{LET_GO_KEPT + 4}"


def test_a_commit_without_events_moves_seq_and_not_the_head():
    agent = run(run(FRESH, reserve()), reserve())

    assert (agent.seq, agent.head) == (2, 1)


def test_an_agents_work_knows_only_its_own_commands():
    for command in (
        ask.DeleteTicket(command_id="c", ticket_id=uid("t")),
        HoldCommand(
            type="agent.dance",
            command_id="c",
            agent_id=uid("ada"),
            ticket_id=uid("t"),
            reservation="r",
        ),
    ):
        with pytest.raises(Invalid, match="cannot do"):
            decide(FRESH, command, 5, FACTS)
