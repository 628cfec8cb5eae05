"""Visitors, and what becomes of them when they say who they are."""

from __future__ import annotations

import asyncio

import pytest

from domain.contact.commands import BlockContact
from domain.contact.state import Contact
from domain.errors import Forbidden, Invalid, Unauthenticated
from domain.process import MACHINE
from domain.ticket.commands import OpenTicket, Reply
from server.auth.answers import Grant
from server.dispatch.dispatcher import Dispatcher
from server.store.documents import fetch
from tests.server.auth.conftest import HERE, PASSWORD, Door
from tests.server.dispatch.papers import new_id


async def contact_of(door: Door, grant: Grant) -> Contact:
    contact = await fetch(door.store, Contact, grant.user.contact_id)
    assert contact is not None
    return contact


async def test_a_guest_who_signs_up_brings_their_tickets_and_loses_their_token(door: Door):
    guest = await door.auth.guest(HERE)
    grant = await door.signup(guest_token=guest.access_token)
    actor = await door.actor(grant.access_token)
    assert guest.user.contact_id in actor.identities
    assert (await contact_of(door, guest)).merged_into == actor.id
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(guest.access_token)
    assert f"guest:{guest.user.contact_id}" in door.kicks.who


async def test_a_guest_who_logs_in_brings_their_tickets(door: Door):
    await door.signup("cleo@x.test")
    guest = await door.auth.guest(HERE)
    grant = await door.login("cleo@x.test", guest_token=guest.access_token)
    assert guest.user.contact_id in (await door.actor(grant.access_token)).identities
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(guest.access_token)


async def test_another_session_of_the_user_sees_the_tickets_too_and_stays(door: Door):
    before = await door.signup("cleo@x.test")
    guest = await door.auth.guest(HERE)
    await door.login("cleo@x.test", guest_token=guest.access_token)
    assert guest.user.contact_id in (await door.actor(before.access_token)).identities


async def test_of_two_who_use_one_guest_token_the_first_gets_the_tickets(
    door: Door, other_door: Door
):
    guest = await door.auth.guest(HERE)
    grants = await asyncio.gather(
        door.signup("one@x.test", guest_token=guest.access_token),
        other_door.signup("two@x.test", guest_token=guest.access_token),
    )
    actors = [await door.actor(grant.access_token) for grant in grants]
    have = [actor for actor in actors if guest.user.contact_id in actor.identities]
    assert len(have) == 1


async def test_a_wrong_password_merges_nothing(door: Door):
    await door.signup("cleo@x.test")
    guest = await door.auth.guest(HERE)
    with pytest.raises(Unauthenticated):
        await door.login("cleo@x.test", "wrong horse", guest_token=guest.access_token)
    assert (await contact_of(door, guest)).merged_into is None
    assert await door.sessions.authenticate(guest.access_token)


@pytest.mark.parametrize("token", ["", "garbage", "a.b.c"])
async def test_a_bad_guest_token_keeps_nobody_from_coming_in(door: Door, token: str):
    await door.signup("cleo@x.test", guest_token=token)
    assert await door.login("cleo@x.test", guest_token=token)


async def test_an_access_token_is_no_guest_token(door: Door):
    other = await door.signup("other@x.test")
    await door.signup("cleo@x.test", guest_token=other.access_token)
    assert (await contact_of(door, other)).merged_into is None


async def test_a_blocked_guest_does_not_get_free_by_signing_up(door: Door):
    guest = await door.auth.guest(HERE)
    assert guest.user.contact_id
    block = BlockContact(command_id=new_id(), contact_id=guest.user.contact_id)
    await door.documents.dispatch(block, MACHINE)
    await door.signup(guest_token=guest.access_token)
    contact = await contact_of(door, guest)
    assert contact.blocked
    assert contact.merged_into is None


async def test_staff_who_log_in_do_not_become_the_guest(door: Door):
    user = await door.user("agent")
    guest = await door.auth.guest(HERE)
    await door.login(user.email, guest_token=guest.access_token)
    assert (await contact_of(door, guest)).merged_into is None


async def test_a_repeated_log_in_with_the_same_guest_token_changes_nothing_more(door: Door):
    await door.signup("cleo@x.test")
    guest = await door.auth.guest(HERE)
    first = await door.login("cleo@x.test", guest_token=guest.access_token)
    version = (await door.sessions.authenticate(first.access_token)).access_version
    again = await door.login("cleo@x.test", guest_token=guest.access_token)
    assert (await door.sessions.authenticate(again.access_token)).access_version == version


async def test_a_guest_has_no_password_no_sessions_and_one_way_out(door: Door):
    guest = await door.auth.guest(HERE)
    with pytest.raises(Forbidden):
        await door.auth.change_password(
            guest.access_token, current=PASSWORD, new="another horse", where=HERE
        )
    with pytest.raises(Forbidden):
        await door.auth.sessions(guest.access_token)


@pytest.mark.parametrize("name", ["   ", "x" * 121])
async def test_a_guest_with_a_name_that_is_none_is_refused(door: Door, name: str):
    with pytest.raises(Invalid) as refused:
        await door.auth.guest(HERE, name)
    assert list(refused.value.fields) == ["name"]


class Silent:
    """A publisher to nobody."""

    def publish(self, envelopes: object) -> None:
        """Nobody listens."""


async def test_a_guest_who_lost_the_answer_logs_in_and_repeats_and_has_one_ticket(door: Door):
    dispatcher = Dispatcher(door.store, door.clock, Silent(), b"secret", documents=door.documents)
    guest = await door.auth.guest(HERE)
    command = OpenTicket(command_id=new_id(), title="Help", body="It does not work.")
    first = await dispatcher.dispatch(command, await door.actor(guest.access_token))
    grant = await door.signup(guest_token=guest.access_token)
    client = await door.actor(grant.access_token)
    again = await dispatcher.dispatch(command, client)
    assert again.result == first.result
    reply = Reply(command_id=new_id(), ticket_id=first.result["ticket_id"], body="Still not.")
    assert await dispatcher.dispatch(reply, client)
    await dispatcher.close()
