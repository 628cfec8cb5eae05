"""Teams and skills."""

from __future__ import annotations

import pytest

from domain.errors import Conflict, Forbidden, Invalid
from domain.people.commands import (
    AddMember,
    CreateSkill,
    CreateTeam,
    DeleteSkill,
    DeleteTeam,
    RemoveMember,
    UpdateSkill,
    UpdateTeam,
)
from domain.people.decide import decide
from domain.people.facts import Facts
from domain.people.state import Skill, Team
from tests.domain.people.house import NOW, new_id, staff

ADA, EVE = new_id(), new_id()
TEAM = Team(id=new_id(), version=1, name="Support", member_ids=(ADA,))
SKILL = Skill(id=new_id(), version=1, name="Networks")
BOTH = Facts(staff_ids=frozenset({ADA, EVE}))


def test_a_team_is_made_of_people_who_work_here_each_once():
    command = CreateTeam(command_id=new_id(), name=" Second line ", member_ids=(ADA, EVE, ADA))
    team = decide(None, command, staff(), NOW, BOTH)
    assert isinstance(team, Team)
    assert (team.name, team.member_ids) == ("Second line", (ADA, EVE))


def test_strangers_are_named_and_refused():
    stranger = new_id()
    given = {"command_id": new_id(), "team_id": TEAM.id}
    commands = (
        CreateTeam(command_id=new_id(), name="x", member_ids=(ADA, stranger)),
        UpdateTeam(**given, member_ids=(stranger,)),
        AddMember(**given, user_id=stranger),
    )
    for command in commands:
        before = None if isinstance(command, CreateTeam) else TEAM
        with pytest.raises(Invalid) as refused:
            decide(before, command, staff(), NOW, BOTH)
        assert refused.value.fields == {"member_ids": stranger}


def test_members_come_and_go_one_by_one():
    add = AddMember(command_id=new_id(), team_id=TEAM.id, user_id=EVE)
    joined = decide(TEAM, add, staff(), NOW, BOTH)
    assert isinstance(joined, Team)
    assert joined.member_ids == (ADA, EVE)
    remove = RemoveMember(command_id=new_id(), team_id=TEAM.id, user_id=ADA)
    left = decide(joined, remove, staff(), NOW, Facts())
    assert isinstance(left, Team)
    assert left.member_ids == (EVE,)


def test_adding_a_member_twice_and_removing_a_stranger_change_nothing():
    add = AddMember(command_id=new_id(), team_id=TEAM.id, user_id=ADA)
    remove = RemoveMember(command_id=new_id(), team_id=TEAM.id, user_id=EVE)
    assert decide(TEAM, add, staff(), NOW, Facts()) == TEAM
    assert decide(TEAM, remove, staff(), NOW, Facts()) == TEAM


def test_a_team_that_is_needed_says_by_what():
    command = DeleteTeam(command_id=new_id(), team_id=TEAM.id)
    with pytest.raises(Conflict, match="the inbox 'Sales'"):
        decide(TEAM, command, staff(), NOW, Facts(needed_by=("the inbox 'Sales'",)))
    assert decide(TEAM, command, staff(), NOW, Facts()) is None


def test_a_team_can_be_emptied_and_renamed():
    command = UpdateTeam(command_id=new_id(), team_id=TEAM.id, name="First", member_ids=())
    after = decide(TEAM, command, staff(), NOW, Facts())
    assert isinstance(after, Team)
    assert (after.name, after.member_ids) == ("First", ())


def test_teams_and_skills_are_for_admins():
    for command in (
        CreateTeam(command_id=new_id(), name="x"),
        CreateSkill(command_id=new_id(), name="x"),
    ):
        with pytest.raises(Forbidden):
            decide(None, command, staff("supervisor"), NOW, Facts())


def test_a_skill_is_made_renamed_and_deleted_unless_somebody_has_it():
    made = decide(None, CreateSkill(command_id=new_id(), name="TLS"), staff(), NOW, Facts())
    assert isinstance(made, Skill)
    assert made.name == "TLS"
    rename = UpdateSkill(command_id=new_id(), skill_id=SKILL.id, name="LAN")
    renamed = decide(SKILL, rename, staff(), NOW, Facts())
    assert isinstance(renamed, Skill)
    assert renamed.name == "LAN"
    delete = DeleteSkill(command_id=new_id(), skill_id=SKILL.id)
    with pytest.raises(Conflict, match="2 have it"):
        decide(SKILL, delete, staff(), NOW, Facts(holders=2))
    assert decide(SKILL, delete, staff(), NOW, Facts()) is None
