"""The link that makes the first admin of an empty store, once."""

from __future__ import annotations

from uuid import UUID

from domain.access import Actor
from domain.errors import Conflict, Forbidden
from domain.message import ActorKind, Millis
from domain.people.commands import CreateUser
from domain.people.state import ADMIN, User
from domain.people.users import SETUP
from domain.ports import Clock
from server.auth.accounts import Accounts
from server.auth.tokens import hash_of, opaque
from server.clock import SystemClock
from server.settings import Settings
from server.store.connect import Store, open_store
from server.store.defaults import ensure_defaults
from server.store.people import count_admins
from server.store.sessions import SetupToken

LIFETIME_MS = 7 * 86_400_000
_SETUP = Actor(kind=ActorKind.SYSTEM, id=SETUP)


async def setup_link(settings: Settings) -> str | None:
    """A new link for a store without an admin; None where there is one."""
    store = await open_store(settings)
    try:
        await ensure_defaults(store)
        token = await offer_setup(store, SystemClock().now())
    finally:
        await store.close()
    return f"{settings.public_url}/setup#{token}" if token else None


async def offer_setup(store: Store, now: Millis) -> str | None:
    """A token that makes the first admin; only its hash is kept. None where there is one."""
    if await count_admins(store):
        await store[SetupToken].delete_many({})
        return None
    token = opaque()
    await store[SetupToken].insert_one({"_id": hash_of(token), "at": now})
    return token


class Setup:
    """Redeems the link."""

    def __init__(self, store: Store, accounts: Accounts, clock: Clock) -> None:
        self._store = store
        self._accounts = accounts
        self._clock = clock

    async def redeem(self, token: str, *, email: str, name: str, password: str) -> User:
        """Make the first admin; raises Forbidden for a token that is used up or never was.

        Of two who try at once one is refused: the rules allow `setup` no second admin.
        """
        hashed = hash_of(token)
        since = self._clock.now() - LIFETIME_MS
        if await self._store[SetupToken].find_one({"_id": hashed, "at": {"$gt": since}}) is None:
            raise Forbidden("This link was used, or has run out. `deskwire setup-link` makes one.")
        if await count_admins(self._store):
            raise Conflict("There is an admin already; ask them for an account.")
        command = CreateUser(
            command_id=str(UUID(hex=hashed[:32])),
            email=email,
            name=name,
            role=ADMIN,
            must_change_password=False,
        )
        user = await self._accounts.create(command, _SETUP, password)
        await self._store[SetupToken].delete_many({})
        return user
