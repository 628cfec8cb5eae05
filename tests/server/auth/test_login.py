"""Signing up, coming in, going out."""

from __future__ import annotations

import asyncio

import pytest
from argon2 import Parameters, PasswordHasher

from domain.access import Permission, Scope
from domain.contact.state import Contact
from domain.errors import (
    CommandIdReused,
    Forbidden,
    Invalid,
    NotUnique,
    RateLimited,
    Unauthenticated,
)
from domain.message import ActorKind
from domain.people.commands import UpdateUser
from domain.people.users import contact_of
from domain.process import MACHINE
from server.auth.families import Where
from server.auth.throttle import FREE
from server.settings import Settings
from server.store.defaults import default_id
from server.store.documents import fetch, find
from server.store.sessions import Credential, LogIn, RefreshToken
from tests.server.auth.conftest import HERE, PASSWORD, Door, QuickHasher, open_door
from tests.server.dispatch.papers import everything, new_id


async def test_who_signs_up_is_in_and_is_a_client(door: Door):
    grant = await door.signup("Cleo@X.test")
    assert grant.user.email == "cleo@x.test"
    assert (grant.user.role, grant.user.staff, grant.user.guest) == ("client", False, False)
    assert not grant.user.must_change_password
    actor = await door.actor(grant.access_token)
    assert actor.kind is ActorKind.CLIENT
    assert actor.id == grant.user.contact_id
    assert actor.user_id == grant.user.id
    assert actor.permissions[Permission.TICKET_READ] is Scope.OWN
    contact = await fetch(door.store, Contact, actor.id)
    assert contact is not None
    assert contact.user_id == grant.user.id


async def test_what_was_signed_up_can_log_in_in_any_case_of_the_address(door: Door):
    signed = await door.signup("cleo@x.test")
    grant = await door.login(" CLEO@x.TEST ")
    assert grant.user == signed.user
    assert grant.refresh_token != signed.refresh_token


async def test_staff_log_in_as_agents_with_their_teams(door: Door):
    user = await door.user("agent")
    grant = await door.login(user.email)
    actor = await door.actor(grant.access_token)
    assert (actor.kind, actor.id, actor.user_id) == (ActorKind.AGENT, user.id, user.id)
    assert actor.team_ids == {default_id("team")}
    assert actor.contact_ids == (contact_of(user.id),)
    assert grant.user.contact_id is None
    me = await door.auth.me(grant.access_token)
    assert me.user == grant.user
    assert [(team.id, team.name) for team in me.teams] == [(default_id("team"), "Support")]
    assert me.permissions == actor.permissions


async def test_no_password_is_kept_or_told(door: Door):
    grant = await door.signup()
    await door.login("cleo@x.test")
    await door.documents.sweep()
    assert PASSWORD not in str(await everything(door.store))
    assert grant.refresh_token is not None
    assert grant.refresh_token not in str(await everything(door.store))


async def test_a_wrong_password_an_unknown_address_and_a_closed_account_look_the_same(
    door: Door, hasher: QuickHasher
):
    user, closed = await door.user(), await door.user()
    await door.documents.dispatch(
        UpdateUser(command_id="close:1", user_id=closed.id, active=False), MACHINE
    )
    refusals: list[tuple[str, list[Parameters]]] = []
    for email, password in (
        (user.email, "wrong horse"),
        ("nobody@x.test", PASSWORD),
        (closed.email, PASSWORD),
        ("not an address", PASSWORD),
        ("", ""),
        (user.email, "\ud800"),
    ):
        hasher.work()
        with pytest.raises(Unauthenticated) as refused:
            await door.login(email, password, Where(f"192.0.2.{len(refusals)}"))
        refusals.append((str(refused.value), hasher.work()))
    assert all(refusal == refusals[0] for refusal in refusals)
    assert len(refusals[0][1]) == 1


async def test_who_guesses_is_slowed_down_and_the_owner_elsewhere_is_not(door: Door):
    user = await door.user()
    for _ in range(FREE):
        with pytest.raises(Unauthenticated):
            await door.login(user.email, "wrong horse")
    with pytest.raises(RateLimited) as refused:
        await door.login(user.email)
    assert refused.value.fields == {"retry_after": 1}
    assert await door.login(user.email, where=Where("192.0.2.99"))
    door.clock.time += 1_000
    assert await door.login(user.email)
    assert await door.login(user.email)


async def test_a_hash_with_old_parameters_is_replaced_at_log_in(door: Door):
    user = await door.user()
    old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    credentials = door.store[Credential]
    await credentials.update_one({"_id": user.id}, {"$set": {"hash": old}})
    await door.login(user.email)
    kept = await credentials.find_one({"_id": user.id})
    assert kept is not None
    assert kept["hash"] != old
    assert await door.login(user.email)


async def test_an_address_that_is_taken_is_refused_and_leaves_nothing(door: Door):
    await door.signup()
    with pytest.raises(NotUnique) as refused:
        await door.signup("CLEO@x.test")
    assert refused.value.fields == {"email": "taken"}
    assert await door.store[Credential].count_documents({}) == 1
    assert len(await find(door.store, Contact)) == 1


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("email", {"email": "no address"}),
        ("name", {"name": "  "}),
        ("name", {"name": "x" * 121}),
        ("password", {"password": "short"}),
    ],
)
async def test_what_cannot_be_signed_up_is_refused_by_field(
    door: Door, field: str, fields: dict[str, str]
):
    given = {"email": "cleo@x.test", "name": "Cleo", "password": PASSWORD} | fields
    with pytest.raises(Invalid) as refused:
        await door.auth.signup(**given, command_id=new_id(), where=HERE)
    assert list(refused.value.fields) == [field]


async def test_signing_up_can_be_turned_off(door: Door, settings: Settings, redis: object):
    off = settings.model_copy(update={"signup_enabled": False})
    closed = open_door(door.store, off, door.clock, redis, door.passwords)  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        await closed.signup()


async def test_a_sign_up_whose_answer_was_lost_is_repeated(door: Door):
    given = {"email": "cleo@x.test", "name": "Cleo", "command_id": new_id(), "where": HERE}
    first = await door.auth.signup(**given, password=PASSWORD)
    again = await door.auth.signup(**given, password=PASSWORD)
    assert again.user == first.user
    with pytest.raises(CommandIdReused):
        await door.auth.signup(**given, password="another horse")
    assert await door.login("cleo@x.test")


async def test_an_unproven_address_takes_nobodys_tickets(door: Door):
    known = Contact(
        id=new_id(), name="Cleo", addresses=({"email": "cleo@x.test", "verified": True},)
    )
    from tests.server.house import keep

    await keep(door.store, known)
    grant = await door.signup("cleo@x.test")
    actor = await door.actor(grant.access_token)
    assert known.id not in actor.identities
    contact = await fetch(door.store, Contact, known.id)
    assert contact is not None
    assert contact.merged_into is None
    assert contact.user_id is None


async def test_logging_out_ends_the_session_everywhere(door: Door, other_door: Door):
    user = await door.user()
    grant, other = await door.login(user.email), await door.login(user.email)
    await door.auth.logout(grant.access_token)
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(grant.access_token)
    with pytest.raises(Unauthenticated):
        await other_door.sessions.authenticate(grant.access_token)
    assert grant.refresh_token is not None
    with pytest.raises(Unauthenticated):
        await other_door.auth.refresh(grant.refresh_token)
    assert await other_door.sessions.authenticate(other.access_token)
    assert len(door.kicks.who) == 1


async def test_who_must_change_their_password_can_do_nothing_else(door: Door):
    user = await door.user("agent", must_change_password=True)
    grant = await door.login(user.email)
    assert grant.user.must_change_password
    token = grant.access_token
    with pytest.raises(Forbidden) as refused:
        await door.sessions.authenticate(token)
    assert refused.value.fields == {"must_change_password": True}
    assert grant.refresh_token is not None
    renewed = await door.auth.refresh(grant.refresh_token)
    with pytest.raises(Forbidden):
        await door.sessions.authenticate(renewed.access_token)
    assert (await door.auth.me(token)).user.must_change_password
    await door.auth.change_password(token, current=PASSWORD, new="another horse", where=HERE)
    assert await door.sessions.authenticate(token)
    assert not (await door.login(user.email, "another horse")).user.must_change_password
    with pytest.raises(Unauthenticated):
        await door.login(user.email, PASSWORD)


@pytest.mark.parametrize(
    ("field", "current", "new"),
    [
        ("current", "wrong horse", "another horse"),
        ("new", PASSWORD, PASSWORD),
        ("password", PASSWORD, "short"),
    ],
)
async def test_a_password_is_not_changed_without_the_present_one_or_to_a_bad_one(
    door: Door, field: str, current: str, new: str
):
    user = await door.user("agent", must_change_password=True)
    grant = await door.login(user.email)
    with pytest.raises(Invalid) as refused:
        await door.auth.change_password(grant.access_token, current=current, new=new, where=HERE)
    assert list(refused.value.fields) == [field]
    assert (await door.login(user.email)).user.must_change_password


async def test_a_new_password_ends_every_other_session(door: Door):
    user = await door.user()
    mine, other = await door.login(user.email), await door.login(user.email)
    await door.auth.change_password(
        mine.access_token, current=PASSWORD, new="another horse", where=HERE
    )
    assert await door.sessions.authenticate(mine.access_token)
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(other.access_token)
    assert len(door.kicks.who) == 1


async def test_guessing_the_present_password_with_a_stolen_token_is_slowed_down(door: Door):
    user = await door.user()
    grant = await door.login(user.email)
    for _ in range(FREE):
        with pytest.raises(Invalid):
            await door.auth.change_password(
                grant.access_token, current="wrong horse", new="another horse", where=HERE
            )
    with pytest.raises(RateLimited):
        await door.auth.change_password(
            grant.access_token, current=PASSWORD, new="another horse", where=HERE
        )


async def test_own_sessions_are_listed_and_ended(door: Door):
    user, eve = await door.user(), await door.user()
    mine = await door.login(user.email, where=Where("192.0.2.1", "a phone"))
    door.clock.time += 1_000
    other = await door.login(user.email, where=Where("192.0.2.2", "a laptop"))
    eves = await door.login(eve.email)
    listed = await door.auth.sessions(mine.access_token)
    assert [(each.client, each.address, each.current) for each in listed] == [
        ("a laptop", "192.0.2.2", False),
        ("a phone", "192.0.2.1", True),
    ]
    await door.auth.end_session(mine.access_token, listed[0].id)
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(other.access_token)
    assert door.kicks.who == [listed[0].id]
    (eves_session,) = await door.auth.sessions(eves.access_token)
    from domain.errors import NotFound

    with pytest.raises(NotFound):
        await door.auth.end_session(mine.access_token, eves_session.id)
    assert await door.sessions.authenticate(eves.access_token)


async def test_many_log_in_at_once(door: Door):
    users = [await door.user() for _ in range(5)]
    grants = await asyncio.gather(*(door.login(user.email) for user in users))
    assert {grant.user.id for grant in grants} == {user.id for user in users}
    assert await door.store[LogIn].count_documents({}) == 5
    assert await door.store[RefreshToken].count_documents({}) == 5
