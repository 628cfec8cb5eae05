"""The link that makes the first admin, once; and accounts made from the command line."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import Conflict, Forbidden, Invalid, NotUnique
from domain.people.commands import UpdateUser
from domain.people.state import User
from domain.process import MACHINE
from server.auth.accounts import add_user
from server.auth.setup import LIFETIME_MS, offer_setup, setup_link
from server.settings import Settings
from server.store.connect import Store
from server.store.defaults import default_id
from server.store.documents import find
from server.store.people import count_admins, teams_of
from server.store.sessions import Credential, SetupToken
from tests.server.auth.conftest import HERE, PASSWORD, Door


async def redeem(door: Door, token: str, email: str = "root@x.test", password: str = PASSWORD):
    return await door.auth.setup(
        token=token, email=email, name="Root", password=password, where=HERE
    )


async def offered(door: Door) -> str:
    token = await offer_setup(door.store, door.clock.now())
    assert token is not None
    return token


async def test_an_empty_store_offers_a_link_that_makes_the_first_admin(
    store: Store, settings: Settings, door: Door
):
    link = await setup_link(settings.model_copy(update={"public_url": "https://desk.test"}))
    assert link is not None
    page, _, token = link.partition("#")
    assert page == "https://desk.test/setup"
    (kept,) = await store[SetupToken].find({}).to_list()
    assert token not in str(kept)
    door.clock.time = kept["at"]
    grant = await redeem(door, token)
    assert (grant.user.role, grant.user.must_change_password) == ("admin", False)
    assert await door.sessions.authenticate(grant.access_token)
    assert await setup_link(settings) is None
    assert await store[SetupToken].count_documents({}) == 0


async def test_the_link_works_once(door: Door):
    token, other = await offered(door), await offered(door)
    await redeem(door, token)
    for used in (token, other):
        with pytest.raises(Forbidden):
            await redeem(door, used, "second@x.test")
    assert await count_admins(door.store) == 1


async def test_of_two_who_use_links_at_once_one_is_admin(door: Door, other_door: Door):
    one, two = await offered(door), await offered(door)
    outcomes = await asyncio.gather(
        redeem(door, one, "one@x.test"),
        redeem(other_door, two, "two@x.test"),
        return_exceptions=True,
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], Conflict | Forbidden)
    assert await count_admins(door.store) == 1
    assert await door.store[Credential].count_documents({}) == 1


async def test_a_link_ends_when_there_is_an_admin(door: Door):
    token = await offered(door)
    await door.user("admin")
    with pytest.raises(Conflict, match="an admin already"):
        await redeem(door, token)
    assert await offer_setup(door.store, door.clock.now()) is None


async def test_a_bad_password_uses_no_link_up(door: Door):
    token = await offered(door)
    for fields in ({"password": "short"}, {"email": "no address"}):
        with pytest.raises(Invalid):
            await redeem(door, token, **fields)
    assert await redeem(door, token)


@pytest.mark.parametrize("token", ["", "guess", "x" * 43])
async def test_a_guess_makes_nobody_admin(door: Door, token: str):
    await offered(door)
    with pytest.raises(Forbidden):
        await redeem(door, token)
    assert await find(door.store, User) == []


async def test_an_old_link_has_run_out(door: Door):
    token = await offered(door)
    door.clock.time += LIFETIME_MS
    with pytest.raises(Forbidden):
        await redeem(door, token)


async def test_an_account_from_the_command_line_can_log_in(store: Store, door: Door):
    user = await add_user(store, "Ada@x.test", "Ada", "agent", PASSWORD, passwords=door.passwords)
    grant = await door.login("ada@x.test")
    assert (grant.user.id, grant.user.must_change_password) == (user.id, False)
    teams = await teams_of(store, (user.id,))
    assert [team.id for team in teams[user.id]] == [default_id("team")]


async def test_an_account_that_cannot_be_says_why(store: Store, door: Door):
    await add_user(store, "ada@x.test", "Ada", "agent", PASSWORD, passwords=door.passwords)
    for email, role, password, error in (
        ("ada@x.test", "agent", PASSWORD, NotUnique),
        ("no address", "agent", PASSWORD, Invalid),
        ("eve@x.test", "wizard", PASSWORD, Invalid),
        ("eve@x.test", "agent", "short", Invalid),
    ):
        with pytest.raises(error):
            await add_user(store, email, "Ada", role, password, passwords=door.passwords)
    assert await store[Credential].count_documents({}) == 1


async def test_setup_is_offered_again_only_where_no_admin_is_active(door: Door):
    admin = await door.user("admin")
    other = await door.user("admin")
    close = UpdateUser(command_id="close:1", user_id=other.id, active=False)
    await door.documents.dispatch(close, MACHINE)
    assert await offer_setup(door.store, door.clock.now()) is None
    last = UpdateUser(command_id="close:2", user_id=admin.id, active=False)
    with pytest.raises(Conflict):
        await door.documents.dispatch(last, MACHINE)
