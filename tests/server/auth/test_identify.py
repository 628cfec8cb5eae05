"""A guest who proves an address is its holder; who only claims one is nobody."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from domain.contact.commands import (
    BlockContact,
)
from domain.contact.state import Address, Contact
from domain.errors import Forbidden, RateLimited, Unauthenticated
from domain.inbox.commands import CreateInbox, DeleteInbox, RenewIdentitySecret
from domain.inbox.state import DEFAULT_INBOX_ID, Inbox
from domain.message import ActorKind
from domain.people.commands import UpdateUser
from domain.process import MACHINE
from domain.ticket.commands import OpenTicket, Reply
from server.auth.families import GRACE_MS, Where
from server.auth.throttle import FREE
from server.dispatch.dispatcher import Dispatcher
from server.store.defaults import default_id
from server.store.documents import fetch
from tests.server.auth.conftest import HERE, PASSWORD, Door
from tests.server.auth.identifying import EMAIL, contact_of, known, sign, vouch
from tests.server.auth.test_guests import Silent
from tests.server.dispatch.papers import everything, new_id
from tests.server.house import keep

DOCS = Path(__file__).parents[3] / "docs"


async def test_the_sites_word_makes_a_guest_the_holder_of_an_address(door: Door):
    guest = await door.auth.guest(HERE)
    grant = await vouch(door, guest.access_token, name="Cleo")
    contact = await contact_of(door, grant)
    assert contact.id == guest.user.contact_id
    assert contact.addresses == (Address(email=EMAIL, verified=True),)
    assert (contact.name, contact.guest) == ("Cleo", False)
    assert f"guest:{guest.user.contact_id}" in door.kicks.who
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(guest.access_token)


async def test_who_was_known_before_keeps_their_name_and_has_the_tickets_of_both(door: Door):
    holder = await known(door)
    guest = await door.auth.guest(HERE)
    grant = await vouch(door, guest.access_token, name="Somebody")
    actor = await door.actor(grant.access_token)
    assert actor.kind is ActorKind.CLIENT
    assert (actor.id, actor.user_id, actor.guest) == (holder.id, None, False)
    assert actor.identities == {holder.id, guest.user.contact_id}
    assert (await contact_of(door, grant)).name == "Cleo"
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(guest.access_token)


async def test_the_guests_tickets_go_on_under_the_new_session(door: Door):
    dispatcher = Dispatcher(door.store, door.clock, Silent(), b"secret", documents=door.documents)
    guest = await door.auth.guest(HERE)
    command = OpenTicket(command_id=new_id(), title="Help", body="It does not work.")
    opened = await dispatcher.dispatch(command, await door.actor(guest.access_token))
    await known(door)
    actor = await door.actor((await vouch(door, guest.access_token)).access_token)
    assert (await dispatcher.dispatch(command, actor)).result == opened.result
    reply = Reply(command_id=new_id(), ticket_id=opened.result["ticket_id"], body="Still not.")
    assert await dispatcher.dispatch(reply, actor)
    await dispatcher.close()


@pytest.mark.parametrize("what", ["nothing", "another address", "another secret", "no inbox"])
async def test_a_forged_signature_is_refused_and_the_guest_stays(door: Door, what: str):
    guest = await door.auth.guest(HERE)
    signature = {
        "nothing": "0" * 64,
        "another address": await sign(door, "eve@x.test"),
        "another secret": await sign(door, EMAIL),
        "no inbox": await sign(door, EMAIL),
    }[what]
    if what == "another secret":
        renew = RenewIdentitySecret(command_id=new_id(), inbox_id=DEFAULT_INBOX_ID)
        await door.documents.dispatch(renew, MACHINE)
    inbox_id = new_id() if what == "no inbox" else DEFAULT_INBOX_ID
    with pytest.raises(Forbidden, match="signature"):
        await door.auth.identify.by_signature(
            guest.access_token, inbox_id, EMAIL, signature, None, HERE
        )
    assert (await door.actor(guest.access_token)).guest


async def test_the_example_for_the_sites_developer_signs_right(
    door: Door, monkeypatch: pytest.MonkeyPatch
):
    page = (DOCS / "identify.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    monkeypatch.setenv("DESK_IDENTITY_SECRET", await _secret(door))
    site: dict[str, Any] = {}
    exec(example, site)
    guest = await door.auth.guest(HERE)
    assert await vouch(door, guest.access_token, signature=site["signature"](f" {EMAIL.upper()}"))


async def test_the_secret_of_an_inbox_that_was_deleted_proves_nothing(door: Door):
    guest = await door.auth.guest(HERE)
    make = CreateInbox(command_id=new_id(), name="Closing down", team_id=default_id("team"))
    inbox_id = (await door.documents.dispatch(make, MACHINE)).result["inbox_id"]
    signature = await sign(door, EMAIL, inbox_id)
    await door.documents.dispatch(DeleteInbox(command_id=new_id(), inbox_id=inbox_id), MACHINE)
    with pytest.raises(Forbidden, match="signature"):
        await door.auth.identify.by_signature(
            guest.access_token, inbox_id, EMAIL, signature, None, HERE
        )


async def test_guessing_signatures_is_slowed_down(door: Door):
    guest = await door.auth.guest(HERE)
    for _ in range(FREE):
        with pytest.raises(Forbidden):
            await vouch(door, guest.access_token, signature="0" * 64)
    with pytest.raises(RateLimited):
        await vouch(door, guest.access_token)
    assert await vouch(door, guest.access_token, where=Where("192.0.2.9"))


async def test_a_repeat_whose_answer_was_lost_gets_the_same_session_on_any_node(
    door: Door, other_door: Door
):
    await known(door)
    guest = await door.auth.guest(HERE)
    first = await vouch(door, guest.access_token)
    door.clock.time += GRACE_MS
    again = await vouch(other_door, guest.access_token)
    sessions = [await door.sessions.authenticate(each.access_token) for each in (first, again)]
    assert sessions[0].id == sessions[1].id
    assert again.refresh_token == first.refresh_token
    assert again.refresh_token is not None
    assert await door.auth.refresh(again.refresh_token)


async def test_many_at_once_are_one(door: Door, other_door: Door):
    guest = await door.auth.guest(HERE)
    grants = await asyncio.gather(
        *(vouch(node, guest.access_token) for node in (door, other_door, door))
    )
    assert len({grant.refresh_token for grant in grants}) == 1
    assert [await door.actor(grant.access_token) for grant in grants]


async def test_the_second_time_is_too_late(door: Door):
    guest = await door.auth.guest(HERE)
    await vouch(door, guest.access_token)
    door.clock.time += GRACE_MS + 1
    with pytest.raises(Unauthenticated, match="known by now"):
        await vouch(door, guest.access_token)


async def test_a_used_token_proves_no_second_address(door: Door):
    guest = await door.auth.guest(HERE)
    await vouch(door, guest.access_token)
    with pytest.raises(Unauthenticated):
        await vouch(door, guest.access_token, "other@x.test")


async def test_two_guests_who_prove_one_address_at_once_are_one_contact(
    door: Door, other_door: Door
):
    guests = [await door.auth.guest(HERE) for _ in range(2)]
    grants = await asyncio.gather(
        vouch(door, guests[0].access_token), vouch(other_door, guests[1].access_token)
    )
    await door.documents.sweep()
    door.clock.time += 2_000
    actors = [await door.actor(grant.access_token) for grant in grants]
    assert actors[0].id == actors[1].id
    assert actors[0].identities == {guest.user.contact_id for guest in guests}


@pytest.mark.parametrize("token", ["", "garbage", "a.b.c"])
async def test_without_a_guests_token_there_is_nobody_to_identify(door: Door, token: str):
    with pytest.raises(Unauthenticated):
        await vouch(door, token)


async def test_an_account_is_no_guest(door: Door):
    account = await door.signup("other@x.test")
    with pytest.raises(Unauthenticated):
        await vouch(door, account.access_token)


async def test_a_guests_token_that_ran_out_proves_nothing(door: Door):
    guest = await door.auth.guest(HERE)
    door.clock.time += door.settings.refresh_token_seconds * 1_000
    with pytest.raises(Unauthenticated):
        await vouch(door, guest.access_token)


async def test_staff_are_nobodys_clients(door: Door):
    user = await door.user("agent")
    guest = await door.auth.guest(HERE)
    with pytest.raises(Forbidden, match="works here"):
        await vouch(door, guest.access_token, user.email)
    assert (await door.actor(guest.access_token)).guest


async def test_an_address_that_was_proven_by_somebody_of_staff_is_refused(door: Door):
    user = await door.user("agent")
    private = Contact(
        id=new_id(),
        name="Ada",
        user_id=user.id,
        addresses=(Address(email="ada@home.test", verified=True),),
    )
    await keep(door.store, private)
    guest = await door.auth.guest(HERE)
    with pytest.raises(Forbidden, match="works here"):
        await vouch(door, guest.access_token, "ada@home.test")


async def test_who_only_claimed_the_address_gets_no_ticket_and_keeps_nobody_out(door: Door):
    squatter = await door.signup(EMAIL)
    noted = await known(door, verified=False)
    guest = await door.auth.guest(HERE)
    owner = await door.actor((await vouch(door, guest.access_token)).access_token)
    claimed = await door.actor((await door.login(EMAIL)).access_token)
    assert owner.identities == {guest.user.contact_id}
    assert claimed.identities == {squatter.user.contact_id}
    assert noted.id not in owner.identities | claimed.identities


async def test_a_blocked_guest_does_not_get_free_by_a_proof(door: Door):
    guest = await door.auth.guest(HERE)
    assert guest.user.contact_id
    block = BlockContact(command_id=new_id(), contact_id=guest.user.contact_id)
    await door.documents.dispatch(block, MACHINE)
    with pytest.raises(Forbidden, match="blocked"):
        await vouch(door, guest.access_token)


async def test_who_is_blocked_does_not_come_back_as_a_guest(door: Door):
    holder = await known(door)
    block = BlockContact(command_id=new_id(), contact_id=holder.id)
    await door.documents.dispatch(block, MACHINE)
    guest = await door.auth.guest(HERE)
    with pytest.raises(Forbidden, match="blocked"):
        await vouch(door, guest.access_token)
    assert (await door.actor(guest.access_token)).guest


async def test_a_closed_account_is_not_entered_by_its_proven_address(door: Door):
    user = await door.user("client", email=EMAIL)
    contact = Contact(
        id=new_id(),
        name="Cleo",
        user_id=user.id,
        addresses=(Address(email=EMAIL, verified=True),),
    )
    await keep(door.store, contact)
    before = await vouch(door, (await door.auth.guest(HERE)).access_token)
    close = UpdateUser(command_id=new_id(), user_id=user.id, active=False)
    await door.documents.dispatch(close, MACHINE)
    door.clock.time += 2_000
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(before.access_token)
    with pytest.raises(Forbidden, match="closed"):
        await vouch(door, (await door.auth.guest(HERE)).access_token)


async def test_no_secret_is_kept_or_audited(door: Door):
    before = await sign(door, EMAIL)
    renew = RenewIdentitySecret(command_id=new_id(), inbox_id=DEFAULT_INBOX_ID)
    await door.documents.dispatch(renew, MACHINE)
    await door.documents.dispatch(renew, MACHINE)
    await vouch(door, (await door.auth.guest(HERE)).access_token)
    await door.documents.sweep()
    assert await sign(door, EMAIL) != before
    kept = str(await everything(door.store))
    assert "inbox.renew_identity_secret" in kept
    for word in (await _secret(door), await sign(door, EMAIL), PASSWORD):
        assert word not in kept


async def _secret(door: Door) -> str:
    inbox = await fetch(door.store, Inbox, DEFAULT_INBOX_ID)
    assert inbox is not None
    return door.auth.secret_of(inbox)
