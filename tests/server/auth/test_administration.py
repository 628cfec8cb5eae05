"""What admins do with users."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import CommandIdReused, Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from domain.people.commands import CreateTeam, UpdateUser
from domain.process import MACHINE
from server.auth.administration import NewUser, UserChange
from server.store.defaults import default_id
from server.store.sessions import Credential, LogIn
from tests.server.auth.conftest import HERE, PASSWORD, Door
from tests.server.dispatch.papers import admin, new_id


async def a_team(door: Door, name: str) -> str:
    team = CreateTeam(command_id=new_id(), name=name)
    return (await door.documents.dispatch(team, MACHINE)).result["team_id"]


def change(**fields: object) -> UserChange:
    return UserChange.model_validate(fields)


async def test_an_admin_makes_an_account_with_a_temporary_password(door: Door):
    new = NewUser(email="ada@x.test", name="Ada", role="agent")
    made = await door.auth.create_user(admin(), new_id(), new)
    assert made.temporary_password
    assert made.team_ids == (default_id("team"),)
    grant = await door.login("ada@x.test", made.temporary_password)
    assert grant.user.must_change_password


async def test_a_lost_answer_is_given_again_with_the_same_password(door: Door):
    actor, command_id = admin(), new_id()
    new = NewUser(email="ada@x.test", name="Ada", role="agent")
    first = await door.auth.create_user(actor, command_id, new)
    assert await door.auth.create_user(actor, command_id, new) == first
    other = new.model_copy(update={"name": "Eve"})
    with pytest.raises(CommandIdReused):
        await door.auth.create_user(actor, command_id, other)


async def test_an_admin_may_choose_the_password_which_must_be_changed_all_the_same(door: Door):
    new = NewUser(email="ada@x.test", name="Ada", password=PASSWORD)
    made = await door.auth.create_user(admin(), new_id(), new)
    assert made.temporary_password is None
    assert made.user.role == "client"
    assert (await door.login("ada@x.test")).user.must_change_password
    bad = NewUser(email="eve@x.test", name="Eve", password="short")
    with pytest.raises(Invalid):
        await door.auth.create_user(admin(), new_id(), bad)


async def test_only_who_may_manage_people_sees_makes_and_changes_users(door: Door):
    user = await door.user("agent")
    actor = await door.actor((await door.login(user.email)).access_token)
    with pytest.raises(Forbidden):
        await door.auth.list_users(actor)
    with pytest.raises(Forbidden):
        await door.auth.create_user(actor, new_id(), NewUser(email="e@x.test", name="Eve"))
    with pytest.raises(Forbidden):
        await door.auth.update_user(actor, new_id(), change(user_id=user.id, reset_password=True))
    with pytest.raises(Forbidden):
        await door.auth.delete_user(actor, new_id(), user.id)
    assert await door.login(user.email)
    assert await door.store[Credential].count_documents({}) == 1


async def test_users_are_listed_in_pages_with_their_teams(door: Door):
    users = [await door.user("agent") for _ in range(5)]
    seen: list[str] = []
    after = None
    while True:
        listed = await door.auth.list_users(admin(), after, 2)
        assert len(listed.users) <= 2
        assert all(info.team_ids == (default_id("team"),) for info in listed.users)
        seen += [info.user.id for info in listed.users]
        if (after := listed.next) is None:
            break
    assert seen == sorted(user.id for user in users)


async def test_one_change_may_concern_role_skills_and_teams(door: Door):
    user = await door.user("agent")
    team_id = await a_team(door, "Second")
    changed = await door.auth.update_user(
        admin(),
        new_id(),
        change(user_id=user.id, role="supervisor", capacity=9, team_ids=[team_id], version=1),
    )
    assert (changed.user.role, changed.user.capacity) == ("supervisor", 9)
    assert changed.team_ids == (team_id,)
    assert changed.temporary_password is None
    with pytest.raises(Conflict):
        await door.auth.update_user(
            admin(), new_id(), change(user_id=user.id, name="Eve", version=1)
        )


async def test_a_repeated_change_does_not_undo_what_came_after(door: Door):
    user = await door.user("agent")
    team_id = await a_team(door, "Second")
    third = await a_team(door, "Third")
    actor, command_id = admin(), new_id()
    first = change(user_id=user.id, role="supervisor", team_ids=[team_id], active=False)
    await door.auth.update_user(actor, command_id, first)
    then = change(user_id=user.id, role="agent", team_ids=[third], active=True)
    await door.auth.update_user(admin(), new_id(), then)
    grant = await door.login(user.email)
    again = await door.auth.update_user(actor, command_id, first)
    assert (again.user.role, again.user.active, again.team_ids) == ("agent", True, (third,))
    assert await door.sessions.authenticate(grant.access_token)


async def test_a_reset_password_works_once_and_ends_all_sessions(door: Door):
    user = await door.user("agent")
    grant = await door.login(user.email)
    actor, command_id = admin(), new_id()
    reset = change(user_id=user.id, reset_password=True)
    temporary = (await door.auth.update_user(actor, command_id, reset)).temporary_password
    assert temporary is not None
    again = await door.auth.update_user(actor, command_id, reset)
    assert again.temporary_password == temporary
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(grant.access_token)
    with pytest.raises(Unauthenticated):
        await door.login(user.email, PASSWORD)
    token = (await door.login(user.email, temporary)).access_token
    await door.auth.change_password(token, current=temporary, new="own horse", where=HERE)
    await door.auth.update_user(actor, command_id, reset)
    assert await door.login(user.email, "own horse")


async def test_a_repeated_reset_does_not_undo_a_later_one(door: Door):
    user = await door.user("agent")
    actor, command_id = admin(), new_id()
    reset = change(user_id=user.id, reset_password=True)
    await door.auth.update_user(actor, command_id, reset)
    later = (await door.auth.update_user(admin(), new_id(), reset)).temporary_password
    assert later is not None
    grant = await door.login(user.email, later)
    await door.auth.update_user(actor, command_id, reset)
    assert (await door.auth.me(grant.access_token)).user.must_change_password
    assert await door.login(user.email, later)


async def test_who_is_put_out_is_logged_out_and_their_sessions_stay_ended(door: Door):
    user = await door.user("agent")
    grant = await door.login(user.email)
    await door.auth.update_user(admin(), new_id(), change(user_id=user.id, active=False))
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(grant.access_token)
    await door.auth.update_user(admin(), new_id(), change(user_id=user.id, active=True))
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(grant.access_token)
    assert await door.login(user.email)


async def test_who_is_put_out_through_any_door_is_logged_out_for_good(door: Door):
    user = await door.user("agent")
    grant = await door.login(user.email)
    out = UpdateUser(command_id=new_id(), user_id=user.id, active=False)
    await door.documents.dispatch(out, admin())
    async with asyncio.timeout(5):
        live = {"user_id": user.id, "ended": None}
        while await door.store[LogIn].find_one(live):  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.01)
    back = UpdateUser(command_id=new_id(), user_id=user.id, active=True)
    await door.documents.dispatch(back, admin())
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(grant.access_token)
    with pytest.raises(Unauthenticated):
        await door.auth.refresh(grant.refresh_token or "")


async def test_who_is_erased_cannot_come_back(door: Door):
    user = await door.user("agent")
    grant = await door.login(user.email)
    await door.auth.delete_user(admin(), new_id(), user.id)
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(grant.access_token)
    with pytest.raises(Unauthenticated):
        await door.login(user.email)
    with pytest.raises(Unauthenticated):
        await door.login(f"{user.id}@erased.invalid")
    assert await door.store[Credential].count_documents({}) == 0


async def test_nobody_who_is_not_there_is_changed(door: Door):
    with pytest.raises(NotFound):
        await door.auth.update_user(admin(), new_id(), change(user_id=new_id(), name="x"))


async def test_an_unknown_team_is_refused(door: Door):
    user = await door.user("agent")
    with pytest.raises(Invalid) as refused:
        await door.auth.update_user(admin(), new_id(), change(user_id=user.id, team_ids=[new_id()]))
    assert "team_ids" in refused.value.fields


async def test_a_password_hash_is_no_part_of_a_user(door: Door):
    user = await door.user("agent")
    listed = await door.auth.list_users(admin())
    assert "argon2" not in listed.model_dump_json()
    command = UpdateUser(command_id=new_id(), user_id=user.id, name="Eve")
    assert "password" not in command.model_dump(exclude={"must_change_password"})
