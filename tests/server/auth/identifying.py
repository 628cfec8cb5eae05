"""A guest at the door who proves an address, by either proof."""

from __future__ import annotations

import asyncio
import hashlib
import hmac

from domain.contact.state import Address, Contact
from domain.inbox.state import DEFAULT_INBOX_ID, Inbox
from domain.message import Id
from server.auth.answers import Grant
from server.auth.families import Where
from server.auth.proofs import Proofs
from server.store.documents import fetch
from server.store.sessions import Proof
from tests.server.auth.conftest import HERE, Door
from tests.server.dispatch.papers import new_id
from tests.server.house import keep

EMAIL = "cleo@x.test"


async def sign(door: Door, email: str, inbox_id: Id = DEFAULT_INBOX_ID) -> str:
    """What the inbox's own site makes of an address."""
    inbox = await fetch(door.store, Inbox, inbox_id)
    assert inbox is not None
    secret = door.auth.secret_of(inbox)
    return hmac.new(secret.encode(), email.encode(), hashlib.sha256).hexdigest()


async def vouch(
    door: Door,
    token: str,
    email: str = EMAIL,
    *,
    signature: str | None = None,
    name: str | None = None,
    where: Where = HERE,
) -> Grant:
    """Identify a visitor by their site's word."""
    return await door.auth.identify.by_signature(
        token,
        DEFAULT_INBOX_ID,
        email,
        await sign(door, email) if signature is None else signature,
        name,
        where,
    )


async def code_for(door: Door, token: str, email: str = EMAIL, where: Where = HERE) -> str:
    """Ask for a code, and look into the newest letter."""
    await door.auth.identify.send_code(token, email, where)
    (newest,) = await door.store[Proof].find({"email": email}).sort("created_at", -1).to_list(1)
    proofs = Proofs(door.store, door.clock, door.settings.secret_key.encode())
    return proofs.code_of(newest["_id"])


async def enter_code(
    door: Door, token: str, code: str, email: str = EMAIL, where: Where = HERE
) -> Grant:
    return await door.auth.identify.by_code(token, email, code, None, where)


def wrong(code: str) -> str:
    """Another code than this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"


async def contact_of(door: Door, grant: Grant) -> Contact:
    contact = await fetch(door.store, Contact, grant.user.contact_id)
    assert contact is not None
    return contact


async def known(door: Door, email: str = EMAIL, *, verified: bool = True) -> Contact:
    """A contact with an address, proven or just written down."""
    address = Address(email=email, verified=verified)
    contact = Contact(id=new_id(), name="Cleo", addresses=(address,))
    await keep(door.store, contact)
    return contact


async def until_kicked(door: Door, session_id: str) -> None:
    """Wait until sockets of a session were told to go, which happens behind the change."""
    async with asyncio.timeout(10):
        while session_id not in door.kicks.who:  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0)
