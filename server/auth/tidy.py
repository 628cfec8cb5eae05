"""Clearing away what has run out; the worker does it now and then."""

from __future__ import annotations

from domain.message import Millis
from domain.people.state import User
from domain.people.users import is_erased
from server.auth.proofs import KEPT_MS
from server.auth.setup import LIFETIME_MS
from server.store.connect import Store
from server.store.documents import find
from server.store.sessions import Credential, LogIn, Proof, RefreshToken, SetupToken


async def tidy(store: Store, now: Millis) -> None:
    """Drop sessions and tokens that ran out, and what belongs to accounts that are closed.

    A reused refresh token is told from an unknown one for as long as it would have been good.
    """
    await store[RefreshToken].delete_many({"expires_at": {"$lt": now}})
    await store[LogIn].delete_many({"expires_at": {"$lt": now}})
    await store[SetupToken].delete_many({"at": {"$lt": now - LIFETIME_MS}})
    await store[Proof].delete_many({"created_at": {"$lt": now - KEPT_MS}})
    closed = await find(store, User, {"state.active": False})
    await store[LogIn].update_many(
        {"user_id": {"$in": [user.id for user in closed]}, "ended": None},
        {"$set": {"ended": "the account is closed"}},
    )
    # Who is only closed may be opened again, with the password they had.
    erased = [user.id for user in closed if is_erased(user)]
    await store[Credential].delete_many({"_id": {"$in": erased}})
