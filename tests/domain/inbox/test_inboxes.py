"""Inboxes and categories."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from domain.approval.state import Level
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.inbox.commands import (
    CreateCategory,
    CreateInbox,
    DeleteCategory,
    DeleteInbox,
    RenewIdentitySecret,
    UpdateCategory,
    UpdateInbox,
)
from domain.inbox.decide import decide
from domain.inbox.facts import Facts
from domain.inbox.state import DEFAULT_INBOX_ID, Category, Inbox
from domain.people.state import SkillLevel
from tests.domain.people.house import NOW, new_id, staff

INBOX = Inbox(id=new_id(), version=1, name="Sales", team_id=new_id(), address="s@example.org")
CATEGORY = Category(id=new_id(), version=1, name="Billing", team_id=new_id())


def test_an_admin_makes_an_inbox():
    team_id = new_id()
    command = CreateInbox(
        command_id=new_id(), name="Sales", team_id=team_id, colour="#AA00cc", signature="Yours"
    )
    inbox = decide(None, command, staff(), NOW, Facts())
    assert isinstance(inbox, Inbox)
    assert (inbox.name, inbox.team_id, inbox.colour) == ("Sales", team_id, "#AA00cc")
    assert inbox.address is None


def test_settings_are_for_admins():
    for command in (
        CreateInbox(command_id=new_id(), name="x", team_id=new_id()),
        CreateCategory(command_id=new_id(), name="x"),
    ):
        with pytest.raises(Forbidden, match=r"settings\.manage"):
            decide(None, command, staff("supervisor"), NOW, Facts())


def test_a_team_that_is_not_there_is_refused():
    missing = Facts(team_known=False)
    for before, command in (
        (None, CreateInbox(command_id=new_id(), name="x", team_id=new_id())),
        (INBOX, UpdateInbox(command_id=new_id(), inbox_id=INBOX.id, team_id=new_id())),
        (None, CreateCategory(command_id=new_id(), name="x", team_id=new_id())),
        (
            CATEGORY,
            UpdateCategory(command_id=new_id(), category_id=CATEGORY.id, team_id=new_id()),
        ),
    ):
        with pytest.raises(Invalid) as refused:
            decide(before, command, staff(), NOW, missing)
        assert "team_id" in refused.value.fields


def test_an_inbox_can_lose_its_address_but_not_its_team():
    command = UpdateInbox(command_id=new_id(), inbox_id=INBOX.id, address=None, team_id=None)
    after = decide(INBOX, command, staff(), NOW, Facts())
    assert after == INBOX.model_copy(update={"address": None})


def test_the_default_inbox_stays():
    default = INBOX.model_copy(update={"id": DEFAULT_INBOX_ID})
    command = DeleteInbox(command_id=new_id(), inbox_id=DEFAULT_INBOX_ID)
    with pytest.raises(Conflict, match="cannot be deleted"):
        decide(default, command, staff(), NOW, Facts())


def test_what_open_tickets_need_stays_and_says_so():
    needed = Facts(needed_by=("2 open tickets",))
    inbox = DeleteInbox(command_id=new_id(), inbox_id=INBOX.id)
    category = DeleteCategory(command_id=new_id(), category_id=CATEGORY.id)
    for before, command in ((INBOX, inbox), (CATEGORY, category)):
        with pytest.raises(Conflict, match="2 open tickets"):
            decide(before, command, staff(), NOW, needed)
        assert decide(before, command, staff(), NOW, Facts()) is None


def test_approvers_work_here():
    stranger = new_id()
    command = CreateCategory(
        command_id=new_id(), name="x", approval=(Level(approver_ids=(stranger,)),)
    )
    with pytest.raises(Invalid) as refused:
        decide(None, command, staff(), NOW, Facts())
    assert refused.value.fields == {"approval.0": "not_staff"}
    category = decide(None, command, staff(), NOW, Facts(staff_ids=frozenset({stranger})))
    assert isinstance(category, Category)
    assert category.approval == (Level(approver_ids=(stranger,)),)


def test_what_a_category_asks_for_are_skills_of_ours_each_once():
    german = SkillLevel(skill_id=new_id(), level=3)

    def asking(*skills: SkillLevel) -> CreateCategory:
        return CreateCategory(command_id=new_id(), name="x", skills=skills)

    known = Facts(skill_ids=frozenset({german.skill_id}))
    for facts, skills, flaw in ((Facts(), [german], "unknown"), (known, [german] * 2, "twice")):
        with pytest.raises(Invalid) as refused:
            decide(None, asking(*skills), staff(), NOW, facts)
        assert refused.value.fields == {"skills": flaw}
    category = decide(None, asking(german), staff(), NOW, known)
    assert isinstance(category, Category)
    assert category.skills == (german,)


def test_categories_of_an_earlier_release_have_their_approvers_in_one_level():
    stored = {"id": new_id(), "name": "x", "approver_ids": [(approver := new_id())]}

    assert Category.model_validate(stored).approval == (Level(approver_ids=(approver,)),)
    assert Category.model_validate({**stored, "approver_ids": []}).approval == ()


def test_a_category_can_lose_its_team():
    command = UpdateCategory(
        command_id=new_id(), category_id=CATEGORY.id, team_id=None, keywords=("bill",)
    )
    after = decide(CATEGORY, command, staff(), NOW, Facts())
    assert isinstance(after, Category)
    assert (after.team_id, after.keywords) == (None, ("bill",))


def test_what_is_not_there_is_not_found_and_what_is_old_is_a_conflict():
    missing = DeleteCategory(command_id=new_id(), category_id=CATEGORY.id)
    with pytest.raises(NotFound):
        decide(None, missing, staff(), NOW, Facts())
    old = UpdateInbox(command_id=new_id(), inbox_id=INBOX.id, version=7, name="x")
    with pytest.raises(Conflict):
        decide(INBOX, old, staff(), NOW, Facts())


@pytest.mark.parametrize("colour", ["red", "#12345", "#1234567", "#12345g", "#123456\n"])
def test_a_colour_is_six_hexadecimal_digits(colour: str):
    with pytest.raises(ValidationError):
        CreateInbox(command_id=new_id(), name="x", team_id=new_id(), colour=colour)


def test_renewing_the_identity_secret_counts_up_and_is_for_admins():
    command = RenewIdentitySecret(command_id=new_id(), inbox_id=INBOX.id)
    renewed = decide(INBOX, command, staff(), NOW, Facts())
    assert renewed == INBOX.model_copy(update={"identity_key": INBOX.identity_key + 1})
    with pytest.raises(Forbidden, match=r"settings\.manage"):
        decide(INBOX, command, staff("supervisor"), NOW, Facts())
    with pytest.raises(NotFound):
        decide(None, command, staff(), NOW, Facts())
