"""Owners and teams."""

import pytest

from domain.errors import Conflict, Forbidden, Invalid
from domain.ticket import commands as ask
from domain.ticket.events import TicketAssigned
from domain.ticket.state import Ticket
from tests.domain.desk import Desk, uid


def give(desk: Desk, ticket: Ticket, who: str | None, team: str | None = None) -> ask.AssignTicket:
    return desk.ask(ticket, ask.AssignTicket, agent_id=who and uid(who), team_id=team and uid(team))


def owned(desk: Desk, who: str = "ada") -> Ticket:
    ticket = desk.open()
    desk.do(give(desk, ticket, who), desk.ada)
    return desk.now_of(ticket)


def test_a_ticket_is_given_to_an_agent_of_its_team(desk: Desk):
    ticket = desk.open()

    (assigned,) = desk.do(give(desk, ticket, "bob"), desk.ada)

    assert assigned == TicketAssigned(
        agent_id=uid("bob"),
        team_id=uid("first"),
        before_agent_id=None,
        before_team_id=uid("first"),
    )


def test_the_present_owner_again_changes_nothing(desk: Desk):
    ticket = owned(desk)

    assert desk.do(give(desk, ticket, "ada"), desk.ada) == ()


def test_nobody_again_changes_nothing(desk: Desk):
    assert desk.do(give(desk, desk.open(), None), desk.ada) == ()


def test_a_ticket_is_taken_from_its_owner(desk: Desk):
    ticket = owned(desk)

    desk.do(give(desk, ticket, None), desk.bob)

    assert desk.now_of(ticket).owner_id is None


def test_a_ticket_moves_to_another_team_and_an_agent_there(desk: Desk):
    ticket = owned(desk)

    desk.do(give(desk, ticket, "cy", team="second"), desk.ada)

    after = desk.now_of(ticket)
    assert (after.owner_id, after.team_id) == (uid("cy"), uid("second"))


def test_an_owner_who_is_in_the_new_team_keeps_the_ticket(desk: Desk):
    ticket = owned(desk, "ada")

    desk.do(give(desk, ticket, "ada", team="second"), desk.ada)

    after = desk.now_of(ticket)
    assert (after.owner_id, after.team_id) == (uid("ada"), uid("second"))


def test_an_owner_who_is_not_in_the_new_team_loses_the_ticket(desk: Desk):
    ticket = owned(desk, "bob")

    desk.do(give(desk, ticket, "bob", team="second"), desk.ada)

    after = desk.now_of(ticket)
    assert (after.owner_id, after.team_id) == (None, uid("second"))


def test_an_owner_who_left_the_team_is_not_sent_away_by_a_repeat(desk: Desk):
    ticket = owned(desk, "bob")
    desk.members[uid("first")] = frozenset()

    assert desk.do(give(desk, ticket, "bob"), desk.ada) == ()


def test_an_agent_of_another_team_is_refused(desk: Desk):
    with pytest.raises(Invalid, match="not in the ticket's team") as refused:
        desk.do(give(desk, desk.open(), "cy"), desk.ada)

    assert "agent_id" in refused.value.fields


def test_somebody_who_does_not_work_here_is_refused(desk: Desk):
    with pytest.raises(Invalid, match="Nobody works here"):
        desk.do(give(desk, desk.open(), "carl"), desk.ada)


def test_an_agent_who_is_known_as_a_contact_too_gets_tickets_like_any_other(desk: Desk):
    agent = desk.users[uid("bob")].model_copy(update={"contact_id": uid("carl")})
    desk.users[uid("bob")] = agent
    ticket = desk.open()

    desk.do(give(desk, ticket, "bob"), desk.ada)

    assert desk.tickets[ticket.id].owner_id == uid("bob")


def test_somebody_who_left_is_refused_without_their_name(desk: Desk):
    with pytest.raises(Invalid, match="This agent does not work here any more"):
        desk.do(give(desk, desk.open(), "eve"), desk.ada)


def test_a_team_that_is_not_there_is_refused(desk: Desk):
    with pytest.raises(Invalid, match="no such team"):
        desk.do(give(desk, desk.open(), None, team="third"), desk.ada)


def test_a_closed_ticket_is_given_to_nobody(desk: Desk):
    ticket = desk.open()
    desk.do(desk.ask(ticket, ask.SetStatus, status="closed"), desk.ada)

    with pytest.raises(Conflict, match="reopen"):
        desk.do(give(desk, ticket, "bob"), desk.ada)


def test_an_agents_reach_is_judged_by_the_ticket_before(desk: Desk):
    ticket = desk.open()
    desk.do(give(desk, ticket, None, team="second"), desk.bob)

    with pytest.raises(Forbidden, match="another team"):
        desk.do(give(desk, ticket, None, team="first"), desk.bob)


def test_a_client_assigns_nothing(desk: Desk):
    with pytest.raises(Forbidden, match="may not assign"):
        desk.do(give(desk, desk.open(), "bob"), desk.carl)


def test_a_full_agent_gets_no_more(desk: Desk):
    for _ in range(5):
        owned(desk, "bob")
    ticket = desk.open()

    with pytest.raises(Conflict, match=r"no room for it: it weighs 2, .* 10 of 10") as refused:
        desk.do(give(desk, ticket, "bob"), desk.ada)
    assert refused.value.fields == {"agent_id": uid("bob")}

    assert desk.now_of(ticket).owner_id is None
