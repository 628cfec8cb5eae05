"""Sessions and their families of refresh tokens: each is used once, and names its successor."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple
from uuid import uuid4

from pymongo.errors import DuplicateKeyError

from domain.errors import Unauthenticated
from domain.message import Id, Millis, derived_id
from domain.people.state import User
from domain.ports import Clock
from server.auth.kicks import Kick
from server.auth.sessions import StoreSessions
from server.auth.tokens import Tokens, hash_of, opaque
from server.store.connect import Raw, Store
from server.store.contacts import survivor_of
from server.store.devices import Devices
from server.store.documents import fetch
from server.store.sessions import LogIn, RefreshToken

GRACE_MS = 30_000
"""So long a used token still gets its successor: the answer may have been lost."""


class Where(NamedTuple):
    """Where a request came from: an IP address, and what the client calls itself."""

    address: str
    client: str = ""


class Renewed(NamedTuple):
    """A session that goes on, as it is kept, with the refresh token that is good now."""

    login: Raw
    refresh_token: str


class Families:
    """The collections `sessions` and `refresh_tokens`."""

    def __init__(
        self,
        store: Store,
        tokens: Tokens,
        sessions: StoreSessions,
        clock: Clock,
        kick: Kick,
        refresh_seconds: int,
    ) -> None:
        self._store = store
        self._logins = store[LogIn]
        self._refresh = store[RefreshToken]
        self._devices = Devices(store)
        self._tokens = tokens
        self._sessions = sessions
        self._clock = clock
        self._kick = kick
        self._lifetime = refresh_seconds * 1_000

    async def begin(self, user_id: Id, where: Where) -> Renewed:
        """A new session of a user with its first refresh token."""
        return await self._begin(str(uuid4()), opaque(), where, user_id=user_id)

    async def begin_proven(self, contact_id: Id, proof_id: Id, where: Where) -> Renewed:
        """The one session that a proof gives a contact; the same one for every repeat of it."""
        session_id = derived_id(proof_id, "", "session")
        first = self._tokens.successor(f"proof {proof_id}")
        return await self._begin(session_id, first, where, contact_id=contact_id)

    async def renew(self, token: str) -> Renewed:
        """Trade a refresh token for its successor.

        The same one within 30 s gets the same successor. Later it is in two hands, one of them a
        thief's: the whole family ends. Raises Unauthenticated.
        """
        now = self._clock.now()
        kept = await self._refresh.find_one({"_id": hash_of(token), "expires_at": {"$gt": now}})
        login = await self._present(kept["session_id"], now) if kept else None
        if kept is None or login is None:
            raise Unauthenticated("This session has ended: log in again.")
        if kept["rotated_at"] is not None and kept["rotated_at"] + GRACE_MS < now:
            await self.end([login["_id"]], "a refresh token was used twice")
            raise Unauthenticated("This session was ended for safety: log in again.")
        successor = self._tokens.successor(token)
        if kept["rotated_at"] is None:
            await self._keep(successor, login["_id"], now)
            await self._refresh.update_one(
                {"_id": kept["_id"], "rotated_at": None}, {"$set": {"rotated_at": now}}
            )
            await self._logins.update_one(
                {"_id": login["_id"]},
                {"$max": {"used_at": now, "expires_at": now + self._lifetime}},
            )
        return Renewed(login, successor)

    async def end(self, session_ids: Sequence[str], why: str) -> None:
        """End sessions for good: their tokens are worth nothing, their sockets close, their
        browsers are told nothing more."""
        await self._logins.update_many(
            {"_id": {"$in": list(session_ids)}, "ended": None}, {"$set": {"ended": why}}
        )
        await self._devices.forget(session_ids)
        await self.close(session_ids)

    async def end_all(self, user_id: Id, why: str, besides: str | None = None) -> None:
        """End every session of a user, beside one; also those by their address alone."""
        live = await self.of_user(user_id)
        await self.end([login["_id"] for login in live if login["_id"] != besides], why)

    async def end_proven(self, contact_id: Id, why: str) -> None:
        """End every session that a contact has without a log-in."""
        live = await self._logins.find({"contact_id": contact_id, "ended": None}).to_list()
        await self.end([login["_id"] for login in live], why)

    async def close(self, session_ids: Sequence[str]) -> None:
        """Close the sockets of sessions that have ended."""
        self._sessions.forget(session_ids)
        if session_ids:
            await self._kick(session_ids)

    async def of_user(self, user_id: Id) -> list[Raw]:
        """A user's sessions that go on, the one used last first.

        Who proved the address of a user's contact came in without their password, and is them too.
        """
        user = await fetch(self._store, User, user_id)
        contact = await survivor_of(self._store, user.contact_id if user else None)
        live = {"ended": None, "expires_at": {"$gt": self._clock.now()}}
        found = await self._logins.find({"user_id": user_id, **live}).to_list()
        if contact is not None:
            found += await self._logins.find({"contact_id": contact.id, **live}).to_list()
        return sorted(found, key=lambda login: login["used_at"], reverse=True)

    async def _begin(
        self,
        session_id: str,
        token: str,
        where: Where,
        user_id: Id | None = None,
        contact_id: Id | None = None,
    ) -> Renewed:
        now = self._clock.now()
        login: Raw = {
            "_id": session_id,
            "user_id": user_id,
            "contact_id": contact_id,
            "client": where.client[:200],
            "address": where.address[:100],
            "created_at": now,
            "used_at": now,
            "expires_at": now + self._lifetime,
            "ended": None,
        }
        with suppress(DuplicateKeyError):  # A proof is repeated whose answer was lost.
            await self._logins.insert_one(login)
        await self._keep(token, session_id, now)
        return Renewed(login, token)

    async def _present(self, session_id: str, now: Millis) -> Raw | None:
        return await self._logins.find_one(
            {"_id": session_id, "ended": None, "expires_at": {"$gt": now}}
        )

    async def _keep(self, token: str, session_id: str, now: Millis) -> None:
        document = {
            "_id": hash_of(token),
            "session_id": session_id,
            "expires_at": now + self._lifetime,
            "rotated_at": None,
        }
        try:
            await self._refresh.insert_one(document)
        except DuplicateKeyError:
            return  # Somebody renews at the same moment, or did and did not hear the answer.
