"""Log-ins with their passwords: a user's document says nothing of the password beside it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from uuid import uuid4

from pydantic import ValidationError
from pymongo.errors import DuplicateKeyError

from domain.access import Actor
from domain.catalog import invalid
from domain.errors import CommandIdReused, DomainError, Retryable
from domain.message import Id
from domain.people.commands import CreateUser
from domain.people.state import User
from domain.ports import Clock, Dispatch
from domain.process import MACHINE
from server.auth.keys import key_for
from server.auth.passwords import Passwords, check_password
from server.clock import SystemClock
from server.dispatch.documents import DocumentDispatch
from server.store.connect import Store
from server.store.defaults import ensure_defaults
from server.store.documents import fetch
from server.store.sessions import Credential

KEPT_RESETS = 50


class Accounts:
    """Makes users together with their passwords, and keeps the hashes."""

    def __init__(
        self, store: Store, dispatch: Dispatch, passwords: Passwords, clock: Clock, secret: bytes
    ) -> None:
        self._store = store
        self._credentials = store[Credential]
        self._dispatch = dispatch
        self._passwords = passwords
        self._clock = clock
        self._temporary = key_for(secret, "temporary passwords")

    async def create(self, command: CreateUser, actor: Actor, password: str) -> User:
        """Make a user who logs in with a password; a repeat with another one is refused.

        The password is kept first: a user without one could never come in, a password without a
        user harms nobody. Raises DomainError.
        """
        check_password(password, command.email)
        user_id = command.document_id(actor.id)
        fresh = await self._keep_first(user_id, password)
        try:
            await self._dispatch.dispatch(command, actor)
        except DomainError as error:
            if fresh and not error.retryable:
                await self._credentials.delete_one({"_id": user_id})
            raise
        user = await fetch(self._store, User, user_id)
        if user is None:
            raise Retryable("The user was made, and is gone again.")
        return user

    async def _keep_first(self, user_id: Id, password: str) -> bool:
        """Keep a new user's password; False where an earlier try of the same did."""
        hashed = await self._passwords.hash(password)
        try:
            await self._credentials.insert_one(
                {"_id": user_id, "hash": hashed, "changed_at": self._clock.now(), "resets": []}
            )
        except DuplicateKeyError:
            kept = await self.hash_of(user_id)
            if not (await self._passwords.verify(kept, password)).right:
                raise CommandIdReused(
                    "This command id was used before, with another password."
                ) from None
            return False
        return True

    async def hash_of(self, user_id: Id | None) -> str | None:
        """The hash of a user's password; for nobody's the store is asked all the same."""
        kept = await self._credentials.find_one({"_id": user_id})
        return kept["hash"] if kept else None

    async def set_password(self, user_id: Id, password: str) -> None:
        """Replace a user's password, whatever it was."""
        hashed = await self._passwords.hash(password)
        await self._credentials.update_one(
            {"_id": user_id},
            {"$set": {"hash": hashed, "changed_at": self._clock.now()}},
            upsert=True,
        )

    async def forget(self, user_id: Id) -> None:
        """Keep nothing that a user could log in with."""
        await self._credentials.delete_one({"_id": user_id})

    async def verify(self, user_id: Id | None, password: str) -> bool:
        """Whether a password is a user's; for nobody's the work is the same.

        A hash with parameters of yesterday is replaced on the way.
        """
        kept = await self.hash_of(user_id)
        verified = await self._passwords.verify(kept, password)
        if verified.rehashed:
            await self._credentials.update_one(
                {"_id": user_id, "hash": kept}, {"$set": {"hash": verified.rehashed}}
            )
        return verified.right

    async def reset(self, user_id: Id, command_id: str) -> tuple[str, bool]:
        """Replace a user's password by a temporary one, once a command; whether it was now.

        A repeat that comes after another password was set changes nothing.
        """
        temporary = self.temporary_password(user_id, command_id)
        hashed = await self._passwords.hash(temporary)
        try:
            await self._credentials.update_one(
                {"_id": user_id, "resets": {"$ne": command_id}},
                {
                    "$set": {"hash": hashed, "changed_at": self._clock.now()},
                    "$push": {"resets": {"$each": [command_id], "$slice": -KEPT_RESETS}},
                },
                upsert=True,
            )
        except DuplicateKeyError:
            return temporary, False
        return temporary, True

    def temporary_password(self, user_id: Id, command_id: str) -> str:
        """The same for every repeat of a command, so that its lost answer can be given again."""
        raw = hmac.new(self._temporary, f"{user_id}|{command_id}".encode(), hashlib.sha256)
        text = base64.b32encode(raw.digest()[:10]).decode().lower()
        return "-".join(text[start : start + 4] for start in range(0, 16, 4))


async def add_user(
    store: Store,
    email: str,
    name: str,
    role: str,
    password: str,
    *,
    passwords: Passwords | None = None,
) -> User:
    """Make a user from the command line or the demo's seed; raises DomainError.

    Staff join the default inbox's team.
    """
    await ensure_defaults(store)
    clock, once = SystemClock(), secrets.token_bytes(32)
    accounts = Accounts(
        store, DocumentDispatch(store, clock, once), passwords or Passwords(), clock, once
    )
    try:
        command = CreateUser(
            command_id=str(uuid4()),
            email=email,
            name=name,
            role=role,
            must_change_password=False,
        )
    except ValidationError as error:
        raise invalid(error) from None
    return await accounts.create(command, MACHINE, password)
