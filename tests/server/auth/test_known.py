"""Somebody who is known by their address alone: how long, and what becomes of them."""

from __future__ import annotations

import pytest

from domain.contact.commands import (
    BlockContact,
    DeleteContact,
    MergeContact,
    UnblockContact,
    UpdateContact,
)
from domain.contact.state import Address
from domain.document import Change
from domain.errors import Conflict, Forbidden, Unauthenticated
from domain.message import Id
from domain.process import MACHINE
from server.dispatch.documents import DocumentDispatch
from tests.server.auth.conftest import HERE, PASSWORD, Door
from tests.server.auth.identifying import EMAIL, contact_of, known, until_kicked, vouch
from tests.server.dispatch.papers import new_id


async def test_who_is_known_sees_who_they_are(door: Door):
    grant = await vouch(door, (await door.auth.guest(HERE)).access_token, name="Cleo")
    me = await door.auth.me(grant.access_token)
    assert me.user == grant.user
    assert (me.user.name, me.user.email, me.user.role) == ("Cleo", EMAIL, "client")
    assert (me.user.guest, me.user.staff, me.user.must_change_password) == (False, False, False)
    assert me.user.id == me.user.contact_id
    assert me.permissions == (await door.actor(grant.access_token)).permissions
    with pytest.raises(Forbidden, match="sign up"):
        await door.auth.sessions(grant.access_token)


async def test_whom_they_absorb_is_one_of_their_names_at_once(door: Door):
    first = await vouch(door, (await door.auth.guest(HERE)).access_token)
    assert first.user.contact_id is not None
    assert first.user.identities == (first.user.contact_id,)

    # When they prove the address again in another browser, and staff merge a third of them
    second = await door.auth.guest(HERE)
    grant = await vouch(door, second.access_token)
    third = await door.auth.guest(HERE)
    merge = MergeContact(
        command_id=new_id(), contact_id=third.user.id, into_id=first.user.contact_id
    )
    await door.documents.dispatch(merge, MACHINE)

    names = {first.user.contact_id, second.user.id, third.user.id}
    assert set(grant.user.identities) == names - {third.user.id}
    assert set((await door.auth.me(first.access_token)).user.identities) == names


async def test_the_session_is_renewed_and_lives_as_long_as_a_guests_token(door: Door):
    grant = await vouch(door, (await door.auth.guest(HERE)).access_token)
    assert grant.refresh_token is not None
    door.clock.time += door.settings.refresh_token_seconds * 1_000 - 1
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(grant.access_token)
    fresh = await door.auth.refresh(grant.refresh_token)
    assert fresh.user == grant.user
    assert await door.sessions.authenticate(fresh.access_token)
    door.clock.time += door.settings.refresh_token_seconds * 1_000
    assert fresh.refresh_token is not None
    with pytest.raises(Unauthenticated):
        await door.auth.refresh(fresh.refresh_token)


async def test_who_is_known_can_log_out(door: Door):
    grant = await vouch(door, (await door.auth.guest(HERE)).access_token)
    await door.auth.logout(grant.access_token)
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(grant.access_token)


async def ending(door: Door, how: str, contact_id: Id) -> Change:
    """What a contact's session does not outlive."""
    match how:
        case "blocked":
            return BlockContact(command_id=new_id(), contact_id=contact_id)
        case "merged":
            into_id = (await known(door, "other@x.test")).id
            return MergeContact(command_id=new_id(), contact_id=contact_id, into_id=into_id)
        case _:
            return DeleteContact(command_id=new_id(), contact_id=contact_id)


@pytest.mark.parametrize("how", ["blocked", "merged", "erased"])
async def test_a_known_contacts_session_ends_with_the_contact(door: Door, how: str):
    grant = await vouch(door, (await door.auth.guest(HERE)).access_token)
    session = await door.sessions.authenticate(grant.access_token)
    contact = await contact_of(door, grant)
    door.kicks.who.clear()
    await door.documents.dispatch(await ending(door, how, contact.id), MACHINE)
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(grant.access_token)
    await until_kicked(door, session.id)
    assert contact.id in door.kicks.who
    assert grant.refresh_token is not None
    with pytest.raises(Unauthenticated):
        await door.auth.refresh(grant.refresh_token)


@pytest.mark.parametrize("how", ["blocked", "merged", "erased"])
async def test_where_nobody_was_told_the_recheck_finds_it_out(door: Door, how: str):
    grant = await vouch(door, (await door.auth.guest(HERE)).access_token)
    session = await door.sessions.authenticate(grant.access_token)
    contact = await contact_of(door, grant)
    elsewhere = DocumentDispatch(door.store, door.clock, b"of a process without doors")
    await elsewhere.dispatch(await ending(door, how, contact.id), MACHINE)
    assert await door.sessions.recheck([session]) == {session.id: None}


async def test_who_is_unblocked_does_not_get_the_old_session_back(door: Door):
    grant = await vouch(door, (await door.auth.guest(HERE)).access_token)
    session = await door.sessions.authenticate(grant.access_token)
    contact = await contact_of(door, grant)
    door.kicks.who.clear()
    block = BlockContact(command_id=new_id(), contact_id=contact.id)
    await door.documents.dispatch(block, MACHINE)
    await until_kicked(door, session.id)
    unblock = UnblockContact(command_id=new_id(), contact_id=contact.id)
    await door.documents.dispatch(unblock, MACHINE)
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(grant.access_token)
    assert await vouch(door, (await door.auth.guest(HERE)).access_token)


async def test_an_address_that_staff_took_away_opens_nothing_any_more(door: Door):
    guest = await door.auth.guest(HERE)
    grant = await vouch(door, guest.access_token)
    contact = await contact_of(door, grant)
    other = UpdateContact(command_id=new_id(), contact_id=contact.id, emails=("new@x.test",))
    await door.documents.dispatch(other, MACHINE)
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(grant.access_token)
    with pytest.raises(Conflict, match="meanwhile"):
        await vouch(door, guest.access_token)


async def test_who_signs_up_with_the_proven_address_takes_the_contact_over(door: Door):
    grant = await vouch(door, (await door.auth.guest(HERE)).access_token)
    account = await door.signup(EMAIL, guest_token=grant.access_token)
    actor = await door.actor(account.access_token)
    assert grant.user.contact_id in actor.identities
    contact = await contact_of(door, account)
    assert contact.addresses == (Address(email=EMAIL, verified=True),)
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(grant.access_token)
    # From then on the proof leads to the account's contact.
    later = await vouch(door, (await door.auth.guest(HERE)).access_token)
    assert (await door.actor(later.access_token)).id == actor.id


async def test_who_logs_in_with_the_proven_address_takes_the_contact_over(door: Door):
    await door.signup(EMAIL)
    grant = await vouch(door, (await door.auth.guest(HERE)).access_token)
    account = await door.login(EMAIL, guest_token=grant.access_token)
    assert grant.user.contact_id in (await door.actor(account.access_token)).identities
    assert (await contact_of(door, account)).addresses == (Address(email=EMAIL, verified=True),)
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(grant.access_token)


async def test_staff_who_log_in_do_not_become_who_was_known(door: Door):
    grant = await vouch(door, (await door.auth.guest(HERE)).access_token)
    user = await door.user("agent", email=EMAIL)
    await door.login(user.email, guest_token=grant.access_token)
    assert (await contact_of(door, grant)).merged_into is None


async def test_who_signs_up_with_another_address_takes_nothing_over(door: Door):
    grant = await vouch(door, (await door.auth.guest(HERE)).access_token)
    account = await door.signup("other@x.test", guest_token=grant.access_token)
    assert grant.user.contact_id not in (await door.actor(account.access_token)).identities
    assert await door.sessions.authenticate(grant.access_token)


async def test_who_signs_up_without_the_session_takes_nothing_over(door: Door):
    grant = await vouch(door, (await door.auth.guest(HERE)).access_token)
    account = await door.signup(EMAIL)
    assert grant.user.contact_id not in (await door.actor(account.access_token)).identities
    assert await door.sessions.authenticate(grant.access_token)


async def test_who_changes_their_password_puts_out_who_came_in_by_their_address(door: Door):
    token = (await vouch(door, (await door.auth.guest(HERE)).access_token)).access_token
    account = await door.signup(EMAIL, token)
    elsewhere = await vouch(door, (await door.auth.guest(HERE)).access_token)
    assert elsewhere.user.contact_id == account.user.contact_id
    listed = await door.auth.sessions(account.access_token)
    assert len(listed) == 2

    await door.auth.change_password(
        account.access_token, current=PASSWORD, new="another horse", where=HERE
    )

    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(elsewhere.access_token)
    (kept,) = await door.auth.sessions(account.access_token)
    assert kept.current


async def test_who_came_in_by_an_address_can_be_put_out_by_its_accounts_holder(door: Door):
    token = (await vouch(door, (await door.auth.guest(HERE)).access_token)).access_token
    account = await door.signup(EMAIL, token)
    elsewhere = await vouch(door, (await door.auth.guest(HERE)).access_token)
    session = await door.sessions.authenticate(elsewhere.access_token)

    await door.auth.end_session(account.access_token, session.id)

    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(elsewhere.access_token)
