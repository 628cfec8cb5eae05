"""Refresh tokens: each is used once, and a thief's use ends the whole family."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import Unauthenticated
from domain.people.commands import UpdateUser
from domain.process import MACHINE
from server.auth.answers import Grant
from server.auth.families import GRACE_MS
from server.auth.tidy import tidy
from server.store.sessions import LogIn, RefreshToken
from tests.server.auth.conftest import Door


async def entered(door: Door) -> tuple[Grant, str]:
    """Somebody who just logged in, with their refresh token."""
    user = await door.user()
    grant = await door.login(user.email)
    assert grant.refresh_token is not None
    return grant, grant.refresh_token


async def renewed(door: Door, token: str) -> str:
    successor = (await door.auth.refresh(token)).refresh_token
    assert successor is not None
    return successor


async def test_each_renewal_gives_a_new_pair_of_the_same_session(door: Door):
    grant, token = await entered(door)
    door.clock.time += 60_000
    again = await door.auth.refresh(token)
    assert again.refresh_token not in (None, token)
    assert again.user == grant.user
    before = await door.sessions.authenticate(grant.access_token)
    after = await door.sessions.authenticate(again.access_token)
    assert before.id == after.id
    assert after.expires_at == before.expires_at + 60_000


async def test_the_same_token_within_the_grace_gets_the_same_successor(door: Door):
    _, token = await entered(door)
    first = await renewed(door, token)
    door.clock.time += GRACE_MS
    assert await renewed(door, token) == first
    assert await renewed(door, first)


async def test_two_renewals_at_once_on_two_nodes_get_the_same_successor(
    door: Door, other_door: Door
):
    for _ in range(5):
        _, token = await entered(door)
        successors = await asyncio.gather(
            *(renewed(node, token) for node in (door, other_door) * 3)
        )
        assert len(set(successors)) == 1
        assert await renewed(door, successors[0])


async def test_a_token_used_again_later_ends_the_whole_family_and_its_sockets(
    door: Door, other_door: Door
):
    grant, stolen = await entered(door)
    session = await door.sessions.authenticate(grant.access_token)
    owners = await renewed(door, stolen)
    door.clock.time += GRACE_MS + 1
    with pytest.raises(Unauthenticated, match="for safety"):
        await door.auth.refresh(stolen)
    for token in (owners, stolen):
        with pytest.raises(Unauthenticated):
            await other_door.auth.refresh(token)
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(grant.access_token)
    assert door.kicks.who == [session.id]
    login = await door.store[LogIn].find_one({"_id": session.id})
    assert login is not None
    assert login["ended"] == "a refresh token was used twice"


async def test_other_sessions_of_the_user_go_on(door: Door):
    user = await door.user()
    one, two = await door.login(user.email), await door.login(user.email)
    assert one.refresh_token is not None
    await door.auth.refresh(one.refresh_token)
    door.clock.time += GRACE_MS + 1
    with pytest.raises(Unauthenticated):
        await door.auth.refresh(one.refresh_token)
    assert await door.sessions.authenticate(two.access_token)


@pytest.mark.parametrize("token", ["", "x", "never-issued-" * 3, "ä", "\x00" * 10])
async def test_a_token_that_never_was_ends_nothing(door: Door, token: str):
    grant, _ = await entered(door)
    with pytest.raises(Unauthenticated):
        await door.auth.refresh(token)
    assert await door.sessions.authenticate(grant.access_token)


async def test_a_session_lives_as_long_as_it_is_renewed(door: Door):
    _, token = await entered(door)
    lifetime = door.settings.refresh_token_seconds * 1_000
    for _ in range(3):
        door.clock.time += lifetime - 1
        token = await renewed(door, token)
    door.clock.time += lifetime
    with pytest.raises(Unauthenticated):
        await door.auth.refresh(token)


async def test_a_crash_between_successor_and_mark_gives_the_same_successor(door: Door):
    _, token = await entered(door)
    successor = await renewed(door, token)
    await door.store[RefreshToken].update_many({}, {"$set": {"rotated_at": None}})
    door.clock.time += GRACE_MS + 1
    assert await renewed(door, token) == successor


async def test_an_account_that_is_closed_is_not_renewed(door: Door):
    grant, token = await entered(door)
    close = UpdateUser(command_id="close:1", user_id=grant.user.id, active=False)
    await door.documents.dispatch(close, MACHINE)
    with pytest.raises(Unauthenticated):
        await door.auth.refresh(token)


async def test_what_ran_out_is_tidied_away_and_nothing_else(door: Door):
    _, old = await entered(door)
    await renewed(door, old)
    door.clock.time += door.settings.refresh_token_seconds * 1_000
    grant, token = await entered(door)
    door.clock.time += 1
    await tidy(door.store, door.clock.now())
    assert await door.store[RefreshToken].count_documents({}) == 1
    assert await door.store[LogIn].count_documents({}) == 1
    assert await renewed(door, token)
    close = UpdateUser(command_id="close:1", user_id=grant.user.id, active=False)
    await door.documents.dispatch(close, MACHINE)
    await tidy(door.store, door.clock.now())
    open_again = UpdateUser(command_id="open:1", user_id=grant.user.id, active=True)
    await door.documents.dispatch(open_again, MACHINE)
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(grant.access_token)
