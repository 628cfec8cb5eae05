"""What a change of a user owes to teams and contacts."""

from __future__ import annotations

from typing import Any

from domain.document import Change
from domain.people.commands import CreateUser, DeleteUser, UpdateUser
from domain.people.decide import decide
from domain.people.facts import Facts
from domain.people.process import next_steps
from domain.people.state import User
from domain.people.users import contact_of
from tests.domain.people.house import NOW, a_user, facts_of, new_id, staff


def owed(before: User | None, command: Change, facts: Facts) -> list[dict[str, Any]]:
    after = decide(before, command, staff(), NOW, facts)
    return [step.command for step in next_steps(before, after, command, facts)]


def create(role: str, **fields: object) -> CreateUser:
    given = {"command_id": new_id(), "email": "a@example.org", "name": "Ada", "role": role}
    return CreateUser.model_validate(given | fields)


def test_staff_without_a_team_join_the_default_inboxs():
    team = new_id()
    steps = owed(None, create("agent"), facts_of("agent", default_team_id=team))
    assert [step["type"] for step in steps] == ["team.add_member", "contact.register"]
    assert steps[0]["team_id"] == team


def test_staff_join_the_teams_they_are_given_and_no_other():
    teams = [new_id(), new_id()]
    facts = facts_of("agent", default_team_id=new_id(), team_ids=set(teams))
    steps = owed(None, create("agent", team_ids=teams), facts)
    assert {step["team_id"] for step in steps[:-1]} == set(teams)
    assert len({step["command_id"] for step in steps}) == 3


def test_staff_who_have_a_team_stay_in_it():
    user = a_user()
    command = UpdateUser(command_id=new_id(), user_id=user.id, role="supervisor")
    facts = facts_of("supervisor", "agent", member_of={new_id()}, default_team_id=new_id())
    assert owed(user, command, facts) == []


def test_staff_are_afterwards_in_all_the_teams_that_are_named_and_no_other():
    stays, goes, comes = sorted([new_id(), new_id(), new_id()])
    user = a_user()
    command = UpdateUser(command_id=new_id(), user_id=user.id, team_ids=(stays, comes))
    facts = facts_of("agent", "agent", member_of={stays, goes}, team_ids={stays, comes})
    steps = owed(user, command, facts)
    assert [(step["type"], step["team_id"]) for step in steps] == [
        ("team.add_member", comes),
        ("team.remove_member", goes),
    ]


def test_staff_who_are_taken_from_every_team_are_in_the_default_inboxs():
    team, default = new_id(), new_id()
    user = a_user()
    command = UpdateUser(command_id=new_id(), user_id=user.id, team_ids=())
    facts = facts_of("agent", "agent", member_of={team}, default_team_id=default)
    assert [step["team_id"] for step in owed(user, command, facts)] == [default, team]


def test_a_new_client_gets_a_contact_with_an_unproven_address():
    command = create("client")
    (step,) = owed(None, command, facts_of("client"))
    user_id = command.document_id(staff().id)
    assert step["type"] == "contact.register"
    assert step["email"] == "a@example.org"
    assert step["contact_id"] == contact_of(step["user_id"]) != contact_of(user_id)


def test_a_client_who_is_renamed_owes_nothing():
    user = a_user("client", contact_id=new_id())
    command = UpdateUser(command_id=new_id(), user_id=user.id, name="Eve")
    assert owed(user, command, facts_of("client", "client")) == []


def test_staff_who_become_clients_leave_their_teams():
    team = new_id()
    user = a_user()
    command = UpdateUser(command_id=new_id(), user_id=user.id, role="client")
    steps = owed(user, command, facts_of("client", "agent", member_of={team}))
    assert [step["type"] for step in steps] == ["team.remove_member"]


def test_who_is_erased_leaves_teams_and_their_contact_is_erased_too():
    team, contact = new_id(), new_id()
    user = a_user(contact_id=contact)
    command = DeleteUser(command_id=new_id(), user_id=user.id)
    steps = owed(user, command, facts_of("agent", "agent", member_of={team}))
    assert [step["type"] for step in steps] == ["team.remove_member", "contact.delete"]
    assert steps[1]["contact_id"] == contact


def test_ids_of_steps_are_the_machines_and_the_same_for_every_try():
    command = create("agent", team_ids=[team := new_id()])
    facts = facts_of("agent", team_ids={team})
    first, again = owed(None, command, facts), owed(None, command, facts)
    assert [step["command_id"] for step in first] == [step["command_id"] for step in again]
    assert all(":" in step["command_id"] for step in first)
