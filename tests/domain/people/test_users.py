"""Who may make, change and erase whom."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from domain.access import Actor
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.message import ActorKind
from domain.people.commands import CreateUser, DeleteUser, UpdateUser
from domain.people.decide import decide
from domain.people.state import SkillLevel, User
from domain.people.users import SETUP, contact_of, is_erased
from tests.domain.people.house import (
    MACHINE,
    NOW,
    ROLES,
    a_user,
    facts_of,
    new_id,
    personnel,
    staff,
)


def create(role: str = "agent", **fields: object) -> CreateUser:
    given = {"command_id": new_id(), "email": "Ada@Example.org", "name": "Ada", "role": role}
    return CreateUser.model_validate(given | fields)


def update(user: User, **fields: object) -> UpdateUser:
    return UpdateUser.model_validate({"command_id": new_id(), "user_id": user.id, **fields})


def delete(user: User, **fields: object) -> DeleteUser:
    return DeleteUser.model_validate({"command_id": new_id(), "user_id": user.id, **fields})


def test_an_admin_makes_an_agent_who_must_choose_a_password():
    command = create("agent", capacity=50)
    user = decide(None, command, staff(), NOW, facts_of("agent"))
    assert isinstance(user, User)
    assert (user.email, user.role, user.capacity) == ("ada@example.org", "agent", 50)
    assert user.must_change_password
    assert user.active
    assert user.contact_id == contact_of(user.id)
    assert user.created_at == NOW
    assert user.version == 0


def test_the_same_command_makes_the_same_id_and_another_actor_another():
    command, actor = create(), staff()
    first = decide(None, command, actor, NOW, facts_of("agent"))
    again = decide(None, command, actor, NOW + 1, facts_of("agent"))
    other = decide(None, command, staff(), NOW, facts_of("agent"))
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.id == again.id != other.id


def test_a_client_who_signs_up_has_a_contact_whose_id_follows_from_theirs():
    user = decide(None, create("client"), MACHINE, NOW, facts_of("client"))
    assert isinstance(user, User)
    assert user.contact_id == contact_of(user.id)


@pytest.mark.parametrize("role", ["agent", "supervisor"])
def test_who_may_not_manage_people_can_do_nothing_with_users(role: str):
    user, facts = a_user(), facts_of("agent", "agent")
    for before, command in ((None, create()), (user, update(user)), (user, delete(user))):
        with pytest.raises(Forbidden, match=r"people\.manage"):
            decide(before, command, staff(role), NOW, facts)


def test_a_role_that_is_not_there_is_refused_by_field():
    with pytest.raises(Invalid) as refused:
        decide(None, create("wizard"), staff(), NOW, facts_of(None))
    assert "role" in refused.value.fields


def test_unknown_and_doubled_skills_are_refused():
    known, unknown = new_id(), new_id()
    for skills in ([unknown], [known, known]):
        command = create(skills=[{"skill_id": skill} for skill in skills])
        with pytest.raises(Invalid) as refused:
            decide(None, command, staff(), NOW, facts_of("agent", skill_ids={known}))
        assert "skills" in refused.value.fields


def test_known_skills_are_kept_with_their_level():
    known = new_id()
    command = create(skills=[{"skill_id": known, "level": 5}])
    user = decide(None, command, staff(), NOW, facts_of("agent", skill_ids={known}))
    assert isinstance(user, User)
    assert user.skills == (SkillLevel(skill_id=known, level=5),)


def test_teams_are_for_staff_and_must_exist():
    team = new_id()
    with pytest.raises(Invalid, match="work here"):
        decide(None, create("client", team_ids=[team]), staff(), NOW, facts_of("client"))
    with pytest.raises(Invalid, match="no such team"):
        decide(None, create("agent", team_ids=[team]), staff(), NOW, facts_of("agent"))
    user = a_user()
    with pytest.raises(Invalid, match="no such team"):
        decide(user, update(user, team_ids=[team]), staff(), NOW, facts_of("agent", "agent"))


def test_nobody_gives_a_role_that_may_more_than_they():
    with pytest.raises(Forbidden, match="more than you have"):
        decide(None, create("admin"), personnel(), NOW, facts_of("admin"))


def test_nobody_changes_or_erases_somebody_who_may_more_than_they():
    admin = a_user("admin")
    facts = facts_of("admin", "admin")
    for command in (update(admin, must_change_password=True), delete(admin)):
        with pytest.raises(Forbidden, match="more than you have"):
            decide(admin, command, personnel(), NOW, facts)


def test_what_is_not_named_stays_and_null_changes_nothing():
    user = a_user(capacity=7)
    after = decide(user, update(user, name="Eve", capacity=None), staff(), NOW, facts_of("agent"))
    assert after == user.model_copy(update={"name": "Eve"})


def test_an_update_that_changes_nothing_gives_back_the_same():
    user = a_user()
    assert decide(user, update(user), staff(), NOW, facts_of("agent", "agent")) == user


def test_who_changes_an_old_version_is_told_the_present_one():
    user = a_user()
    with pytest.raises(Conflict) as refused:
        decide(user, update(user, version=2, name="Eve"), staff(), NOW, facts_of("agent"))
    assert refused.value.fields == {"version": 3}
    assert decide(user, update(user, version=3, name="Eve"), staff(), NOW, facts_of("agent"))


def test_a_user_who_is_not_there_is_not_found():
    user = a_user()
    for command in (update(user), delete(user)):
        with pytest.raises(NotFound):
            decide(None, command, staff(), NOW, facts_of("agent"))


@pytest.mark.parametrize("change", [{"role": "agent"}, {"active": False}])
def test_the_last_active_admin_stays_one(change: dict[str, object]):
    admin = a_user("admin")
    role = str(change.get("role", "admin"))
    with pytest.raises(Conflict, match="last active admin"):
        decide(admin, update(admin, **change), staff(), NOW, facts_of(role, other_admins=0))
    assert decide(admin, update(admin, **change), staff(), NOW, facts_of(role, other_admins=1))


def test_the_last_active_admin_cannot_be_erased():
    admin = a_user("admin")
    with pytest.raises(Conflict, match="last active admin"):
        decide(admin, delete(admin), staff(), NOW, facts_of("admin", other_admins=0))


def test_an_admin_who_was_put_out_is_no_longer_the_last_active_one():
    admin = a_user("admin", active=False)
    after = decide(
        admin, update(admin, role="agent"), staff(), NOW, facts_of("agent", other_admins=0)
    )
    assert isinstance(after, User)
    assert after.role == "agent"


@pytest.mark.parametrize("change", [{"role": "agent"}, {"active": False}])
def test_nobody_takes_their_own_admin_role_away(change: dict[str, object]):
    admin = a_user("admin")
    actor = staff(user_id=admin.id, id=admin.id)
    role = str(change.get("role", "admin"))
    with pytest.raises(Conflict, match="your own admin role"):
        decide(admin, update(admin, **change), actor, NOW, facts_of(role))
    with pytest.raises(Conflict, match="your own admin role"):
        decide(admin, delete(admin), actor, NOW, facts_of("admin"))


def test_an_admin_may_change_their_own_name():
    admin = a_user("admin")
    actor = staff(user_id=admin.id, id=admin.id)
    after = decide(admin, update(admin, name="Eve"), actor, NOW, facts_of("admin"))
    assert isinstance(after, User)
    assert after.name == "Eve"


def test_setup_makes_the_first_admin_and_no_second():
    setup = Actor(kind=ActorKind.SYSTEM, id=SETUP)
    assert decide(None, create("admin"), setup, NOW, facts_of("admin", other_admins=0))
    with pytest.raises(Conflict, match="an admin already"):
        decide(None, create("admin"), setup, NOW, facts_of("admin", other_admins=1))


def test_erasing_leaves_an_id_and_nothing_of_the_person():
    user = a_user(skills=[{"skill_id": new_id()}], contact_id=new_id())
    after = decide(user, delete(user), staff(), NOW, facts_of("agent", "agent"))
    assert isinstance(after, User)
    assert after.id == user.id
    assert not after.active
    words = after.model_dump(mode="json", exclude={"id", "contact_id"})
    assert "ada" not in str(words).lower()
    assert after.skills == ()
    assert is_erased(after)
    assert not is_erased(user.model_copy(update={"active": False}))
    User.model_validate(after.model_dump())


def test_staff_who_become_a_client_stay_the_contact_they_were():
    user = a_user("agent", contact_id=new_id())
    after = decide(user, update(user, role="client"), staff(), NOW, facts_of("client", "agent"))
    assert isinstance(after, User)
    assert after.contact_id == user.contact_id


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "no address"},
        {"email": "a@b"},
        {"email": "x" * 250 + "@example.org"},
        {"name": "   "},
        {"name": "x" * 121},
        {"role": "Not A Role"},
        {"capacity": -1},
        {"skills": [{"skill_id": new_id(), "level": 6}]},
        {"contact_id": new_id()},
    ],
)
def test_a_command_with_a_bad_field_is_none(fields: dict[str, object]):
    with pytest.raises(ValidationError):
        create(**fields)


def test_a_client_waits_for_nobody_and_staff_are_made_one_at_a_time():
    assert not create("client").exclusive
    assert create("agent").exclusive
    assert create("client", team_ids=[new_id()]).exclusive
    assert ROLES["client"].staff is False


HOURS = {"days": ["mon"], "start": "09:00", "end": "17:00"}


def test_somebody_has_shifts_on_the_clock_of_their_zone_which_change_as_one_whole():
    command = create("agent", zone="Europe/Madrid", shifts=[HOURS])
    user = decide(None, command, staff(), NOW, facts_of("agent"))
    assert isinstance(user, User)
    assert (user.zone, len(user.shifts)) == ("Europe/Madrid", 1)
    renamed = decide(user, update(user, name="Eve"), staff(), NOW, facts_of("agent", "agent"))
    assert isinstance(renamed, User)
    assert renamed.shifts == user.shifts
    emptied = decide(user, update(user, shifts=()), staff(), NOW, facts_of("agent", "agent"))
    assert isinstance(emptied, User)
    assert (emptied.zone, emptied.shifts) == ("Europe/Madrid", ())


def test_shifts_that_overlap_are_refused_of_new_and_known_people():
    user, twice = a_user(), [HOURS, {**HOURS, "start": "16:59", "end": "20:00"}]
    for before, command in (
        (None, create(shifts=twice)),
        (user, update(user, shifts=twice)),
    ):
        with pytest.raises(Invalid) as refused:
            decide(before, command, staff(), NOW, facts_of("agent", "agent"))
        assert refused.value.fields == {"shifts": "overlap"}


def test_only_people_who_work_here_have_shifts():
    user = a_user("client")
    for before, command in (
        (None, create("client", shifts=[HOURS])),
        (user, update(user, shifts=[HOURS])),
    ):
        with pytest.raises(Invalid) as refused:
            decide(before, command, staff(), NOW, facts_of("client", "client"))
        assert "shifts" in refused.value.fields


@pytest.mark.parametrize(
    "wrong", [{"zone": "Mars/Olympus"}, {"shifts": [HOURS] * 15}, {"shifts": [{"days": ["mon"]}]}]
)
def test_hours_that_are_none_are_refused(wrong: dict[str, object]):
    with pytest.raises(ValidationError):
        create("agent", **wrong)


def test_nothing_of_somebodys_hours_stays_after_their_erasure():
    user = a_user(zone="Europe/Madrid", shifts=[HOURS])
    erased = decide(user, delete(user), staff(), NOW, facts_of(None, "agent"))
    assert isinstance(erased, User)
    assert (erased.zone, erased.shifts) == ("UTC", ())


FAIR = [{"date": "2026-12-02", "hours": [], "note": "Fair"}]


def test_who_plans_others_work_sets_exceptions_of_shifts_of_anybody_and_nothing_else():
    for role in ("agent", "admin"):
        user = a_user(role)
        after = decide(
            user, update(user, exceptions=FAIR), staff("supervisor"), NOW, facts_of(role)
        )
        assert isinstance(after, User)
        assert [each.note for each in after.exceptions] == ["Fair"]
    user = a_user()
    for fields in ({"exceptions": FAIR, "name": "Bob"}, {"shifts": []}, {"capacity": 1}):
        with pytest.raises(Forbidden):
            decide(user, update(user, **fields), staff("supervisor"), NOW, facts_of("agent"))


def test_agents_set_no_exceptions_not_even_their_own():
    user = a_user()
    own = staff("agent", id=user.id, user_id=user.id)
    for actor in (own, staff("agent")):
        with pytest.raises(Forbidden):
            decide(user, update(user, exceptions=FAIR), actor, NOW, facts_of("agent"))


def test_two_exceptions_of_a_date_are_refused_to_who_plans_too():
    user = a_user()
    with pytest.raises(Invalid):
        decide(user, update(user, exceptions=FAIR * 2), staff("supervisor"), NOW, facts_of("agent"))
