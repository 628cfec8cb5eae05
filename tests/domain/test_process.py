"""Giving tickets and following them up: what is owed to other streams, step by step."""

from typing import Any

import pytest

from domain.errors import Conflict, DomainError, Invalid
from domain.message import Meta
from domain.process import (
    MACHINE,
    WEIGHT,
    Step,
    compensation,
    first_step,
    next_steps,
    streams_of,
    then,
)
from domain.ticket import commands as ask
from domain.ticket.decide import decide
from domain.ticket.evolve import fold
from domain.ticket.state import Priority, Ticket
from tests.domain.desk import Desk, client, uid


def give(desk: Desk, ticket: Ticket, who: str | None) -> ask.AssignTicket:
    return desk.ask(ticket, ask.AssignTicket, agent_id=who and uid(who))


def loads(desk: Desk) -> dict[str, int]:
    """What each agent carries, by name."""
    names = {uid(name): name for name in ("ada", "bob", "cy")}
    return {names[agent.id]: agent.load for agent in desk.agents.values() if agent.load}


def owed(desk: Desk, ticket: Ticket, command: Any) -> list[dict[str, Any]]:
    """What a commit of ada's owes, without carrying it out."""
    events = decide(ticket, command, desk.ada, desk.now, desk.facts(command, desk.ada))
    meta = Meta(seq=ticket.seq + 1, at=desk.now, actor=desk.ada.ref, command_id=command.command_id)
    return [step.command for step in next_steps(ticket, fold(ticket, events, meta), events, meta)]


def test_capacity_is_reserved_before_a_ticket_is_given(desk: Desk):
    ticket = desk.open(priority="high")
    command = give(desk, ticket, "bob")

    step = first_step(ticket, command, desk.ada, desk.facts(command, desk.ada))

    assert step is not None
    assert step.actor == MACHINE
    assert step.command == {
        "type": "agent.reserve",
        "command_id": f"reserve:{command.command_id}",
        "agent_id": uid("bob"),
        "ticket_id": ticket.id,
        "reservation": command.command_id,
        "weight": 3,
        "as_of": ticket.seq,
        "force": False,
        "automatic": False,
        "offered": False,
    }


def test_after_the_reservation_the_persons_own_command_is_owed(desk: Desk):
    ticket = desk.open()
    command = give(desk, ticket, "bob")
    first = first_step(ticket, command, desk.ada, desk.facts(command, desk.ada))
    assert first is not None

    assert then(first, command, desk.ada, "digest") == Step(
        command=command.model_dump(mode="json"), actor=desk.ada, digest="digest"
    )


@pytest.mark.parametrize("who", ["carl", "eve", "cy"])
def test_nothing_is_reserved_for_what_would_be_refused_anyway(desk: Desk, who: str):
    ticket = desk.open()

    with pytest.raises(Invalid):
        desk.do(give(desk, ticket, who), desk.ada)

    assert desk.agents == {}


def test_nothing_is_reserved_for_the_present_owner(desk: Desk):
    ticket = desk.open()
    desk.do(give(desk, ticket, "bob"), desk.ada)
    command = give(desk, ticket, "bob")

    facts = desk.facts(command, desk.ada)
    assert first_step(desk.now_of(ticket), command, desk.ada, facts) is None


def test_a_given_ticket_is_confirmed_with_its_weight(desk: Desk):
    ticket = desk.open(priority="urgent")
    command = give(desk, ticket, "bob")

    desk.do(command, desk.ada)

    held = desk.agents[uid("bob")].held
    assert list(held) == [command.command_id]
    assert (held[command.command_id].weight, held[command.command_id].confirmed) == (5, True)


def test_a_weight_that_changed_since_the_reservation_is_read_anew(desk: Desk):
    ticket = desk.open()
    command = give(desk, ticket, "bob")
    first = first_step(ticket, command, desk.ada, desk.facts(command, desk.ada))
    assert first is not None
    desk.run(first)
    desk.do(desk.ask(ticket, ask.SetPriority, priority="urgent"), desk.ada)

    desk.run(then(first, command, desk.ada, "digest"))

    assert loads(desk) == {"bob": 5}


def test_the_owner_before_is_let_go_after_the_new_one_is_held(desk: Desk):
    ticket = desk.open()
    before = give(desk, ticket, "bob")
    desk.do(before, desk.ada)
    command = give(desk, ticket, "ada")

    confirm, release = owed(desk, desk.now_of(ticket), command)

    assert (confirm["type"], confirm["agent_id"]) == ("agent.confirm", uid("ada"))
    assert (release["type"], release["agent_id"]) == ("agent.release", uid("bob"))
    assert release["reservation"] == before.command_id
    assert release["command_id"] == f"release:{command.command_id}"


def test_a_ticket_taken_from_everybody_weighs_on_nobody(desk: Desk):
    ticket = desk.open()
    desk.do(give(desk, ticket, "bob"), desk.ada)

    desk.do(give(desk, ticket, None), desk.ada)

    assert loads(desk) == {}


def test_a_ticket_given_back_and_forth_weighs_once(desk: Desk):
    ticket = desk.open()
    for who in ("bob", "ada", "bob", "ada"):
        desk.do(give(desk, ticket, who), desk.ada)

    assert loads(desk) == {"ada": 2}


@pytest.mark.parametrize("status", ["resolved", "closed"])
def test_a_ticket_that_is_done_weighs_nothing(desk: Desk, status: str):
    ticket = desk.open()
    desk.do(give(desk, ticket, "bob"), desk.ada)

    desk.do(desk.ask(ticket, ask.SetStatus, status=status), desk.ada)

    assert loads(desk) == {}


def test_a_deleted_ticket_weighs_nothing(desk: Desk):
    ticket = desk.open()
    desk.do(give(desk, ticket, "bob"), desk.ada)

    desk.do(desk.ask(ticket, ask.DeleteTicket), desk.sue)

    assert loads(desk) == {}


def test_a_ticket_that_comes_back_weighs_again_even_where_there_is_no_room(desk: Desk):
    ticket = desk.open()
    desk.do(give(desk, ticket, "bob"), desk.ada)
    desk.do(desk.ask(ticket, ask.SetStatus, status="resolved"), desk.ada)
    for _ in range(5):
        desk.do(give(desk, desk.open(), "bob"), desk.ada)

    desk.do(desk.ask(ticket, ask.Reply, body="It is back."), desk.carl)

    assert loads(desk) == {"bob": 12}
    private = desk.now_of(ticket).private
    assert private is not None
    assert private.reservation in desk.agents[uid("bob")].held


def test_a_ticket_that_comes_back_to_nobody_weighs_on_nobody(desk: Desk):
    ticket = desk.open()
    desk.do(desk.ask(ticket, ask.SetStatus, status="resolved"), desk.ada)

    assert owed(desk, desk.now_of(ticket), desk.ask(ticket, ask.SetStatus, status="open")) == []


def test_a_ticket_given_while_it_is_resolved_weighs_when_it_comes_back(desk: Desk):
    ticket = desk.open()
    desk.do(desk.ask(ticket, ask.SetStatus, status="resolved"), desk.ada)
    desk.do(give(desk, ticket, "bob"), desk.ada)
    assert loads(desk) == {}

    desk.do(desk.ask(ticket, ask.SetStatus, status="open"), desk.ada)

    assert loads(desk) == {"bob": 2}


def test_a_reservation_for_a_ticket_that_was_resolved_meanwhile_is_let_go(desk: Desk):
    ticket = desk.open()
    command = give(desk, ticket, "bob")
    first = first_step(ticket, command, desk.ada, desk.facts(command, desk.ada))
    assert first is not None
    desk.run(first)
    desk.do(desk.ask(ticket, ask.SetStatus, status="resolved"), desk.carl)

    desk.run(then(first, command, desk.ada, "digest"))

    assert desk.now_of(ticket).owner_id == uid("bob")
    assert loads(desk) == {}


def test_a_reservation_whose_ticket_was_closed_meanwhile_is_let_go(desk: Desk):
    ticket = desk.open()
    command = give(desk, ticket, "bob")
    first = first_step(ticket, command, desk.ada, desk.facts(command, desk.ada))
    assert first is not None
    desk.run(first)
    desk.do(desk.ask(ticket, ask.SetStatus, status="closed"), desk.carl)

    with pytest.raises(Conflict):
        desk.run(then(first, command, desk.ada, "digest"))
    for step in compensation(command):
        desk.run(step)

    assert loads(desk) == {}


def test_two_who_give_a_ticket_to_the_same_agent_at_once_hold_it_once(desk: Desk):
    ticket = desk.open()
    commands = [give(desk, ticket, "bob"), give(desk, ticket, "bob")]
    firsts = [first_step(ticket, each, desk.ada, desk.facts(each, desk.ada)) for each in commands]
    for first in firsts:
        assert first is not None
        desk.run(first)

    for first, command in zip(firsts, commands, strict=True):
        assert first is not None
        desk.run(then(first, command, desk.ada, "digest"))
    for step in compensation(commands[1]):  # It changed nothing by then.
        desk.run(step)

    assert loads(desk) == {"bob": 2}


def test_only_what_was_reserved_needs_compensation(desk: Desk):
    ticket = desk.open()

    assert compensation(give(desk, ticket, None)) == []
    assert compensation(desk.ask(ticket, ask.Reply, body="Hello.")) == []


def test_a_new_priority_weighs_anew(desk: Desk):
    ticket = desk.open()
    desk.do(give(desk, ticket, "bob"), desk.ada)

    desk.do(desk.ask(ticket, ask.SetPriority, priority="urgent"), desk.ada)

    assert loads(desk) == {"bob": 5}


def test_a_move_to_another_team_of_the_same_owner_owes_nothing(desk: Desk):
    ticket = desk.open()
    desk.do(give(desk, ticket, "ada"), desk.ada)
    move = desk.ask(ticket, ask.AssignTicket, agent_id=uid("ada"), team_id=uid("second"))

    assert owed(desk, desk.now_of(ticket), move) == []


def test_urgent_tickets_weigh_more():
    assert [WEIGHT[each] for each in Priority] == [1, 2, 3, 5]


def test_a_reply_to_an_open_ticket_needs_no_other_stream(desk: Desk):
    ticket = desk.open()
    reply = desk.ask(ticket, ask.Reply, body="Hello.")

    assert first_step(ticket, reply, desk.carl, desk.facts(reply, desk.carl)) is None


def test_a_follow_up_is_opened_once_however_often_its_step_is_tried(desk: Desk):
    ticket = desk.open()
    desk.do(desk.ask(ticket, ask.SetStatus, status="closed"), desk.ada)
    reply = desk.ask(ticket, ask.Reply, body="Again.")
    first = first_step(desk.now_of(ticket), reply, desk.carl, desk.facts(reply, desk.carl))
    assert first is not None
    desk.run(first)

    with pytest.raises(DomainError, match="opened already"):
        desk.run(first)
    desk.run(then(first, reply, desk.carl, "digest"))

    assert len(desk.tickets) == 2
    assert len(desk.now_of(ticket).follow_ups) == 1


def test_linking_a_follow_up_again_changes_nothing(desk: Desk):
    ticket = desk.open()
    link = {"ticket_id": ticket.id, "follow_up_id": uid("next"), "message_id": uid("m")}
    desk.do(ask.LinkFollowUp(command_id="a", **link), desk.carl)

    assert desk.do(ask.LinkFollowUp(command_id="b", **link), desk.carl) == ()


def test_a_follow_up_of_a_ticket_that_is_gone_by_then_still_has_an_answer(desk: Desk):
    ticket = desk.open()
    desk.do(desk.ask(ticket, ask.DeleteTicket), desk.sue)
    link = {"ticket_id": ticket.id, "follow_up_id": uid("next"), "message_id": uid("m")}
    command = ask.LinkFollowUp(command_id=desk.command_id(), **link)

    assert desk.do(command, desk.carl) == ()

    assert desk.outcomes[command.stream, command.command_id] == {
        "ticket_id": uid("next"),
        "message_id": uid("m"),
    }


def test_what_a_command_creates_may_stand_under_each_of_its_senders_names(desk: Desk):
    command = ask.OpenTicket(command_id=desk.command_id(), title="A", body="B")
    merged = client("carl", aliases=["guest"])

    streams = streams_of(command, merged)

    assert streams[0] == streams_of(command, desk.carl)[0]
    assert set(streams) == {*streams_of(command, desk.carl), *streams_of(command, client("guest"))}


def test_a_command_to_a_ticket_has_one_stream(desk: Desk):
    ticket = desk.open()

    assert streams_of(give(desk, ticket, None), desk.ada) == (f"ticket:{ticket.id}",)
