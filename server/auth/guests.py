"""Visitors without a log-in: a contact and a signed token, until they say who they are."""

from __future__ import annotations

from uuid import uuid4

from domain.contact.commands import MergeContact, RegisterContact
from domain.contact.state import Contact
from domain.errors import DomainError, Unauthenticated
from domain.people.state import User
from domain.ports import Dispatch
from domain.process import MACHINE, step_id
from server.auth.sessions import GUEST, StoreSessions
from server.auth.tokens import TokenKind, Tokens
from server.store.connect import Store
from server.store.contacts import survivor_of
from server.store.documents import fetch
from server.store.people import staff_roles

NAME = "Guest"


class Guests:
    """Makes guests, and merges those without a log-in into whom they turn out to be."""

    def __init__(
        self,
        store: Store,
        dispatch: Dispatch,
        tokens: Tokens,
        sessions: StoreSessions,
        seconds: int,
    ) -> None:
        self._store = store
        self._dispatch = dispatch
        self._tokens = tokens
        self._sessions = sessions
        self._seconds = seconds

    async def welcome(self, name: str | None) -> str:
        """A new guest's token; raises ValidationError for a name that is none."""
        contact_id = str(uuid4())
        register = RegisterContact(
            command_id=step_id("guest", contact_id), contact_id=contact_id, name=name or NAME
        )
        await self._dispatch.dispatch(register, MACHINE)
        return self._tokens.sign(TokenKind.GUEST, contact_id, f"{GUEST}{contact_id}", self._seconds)

    async def bring_along(self, token: str, user: User) -> str | None:
        """Merge who holds a token without a log-in into a client who just proved who they are.

        Returns the session of the token, which has ended. A token that is worth nothing keeps
        nobody from logging in; a blocked guest stays alone, and staff are nobody's clients.
        """
        client = await survivor_of(self._store, user.contact_id)
        if client is None or user.role in await staff_roles(self._store):
            return None
        return await self._bring_guest(token, client) or await self._bring_known(
            token, client, user
        )

    async def _bring_guest(self, token: str, client: Contact) -> str | None:
        try:
            guest_id = self._tokens.read(token, TokenKind.GUEST).subject
        except Unauthenticated:
            return None
        guest = await fetch(self._store, Contact, guest_id)
        if guest is None or not guest.guest or guest.blocked:
            return None
        if guest.merged_into is None:
            await self._merge(guest, client)
        return f"{GUEST}{guest_id}"

    async def _bring_known(self, token: str, client: Contact, user: User) -> str | None:
        """Only who proved the very address of the account: others may share a browser."""
        try:
            entry, _ = await self._sessions.identify(token)
        except Unauthenticated:
            return None
        known = entry.standing.contact
        if entry.standing.user is not None or known is None or known.user_id is not None:
            return None
        if not any(each.verified and each.email == user.email for each in known.addresses):
            return None
        await self._merge(known, client)
        return entry.session_id

    async def _merge(self, guest: Contact, client: Contact) -> None:
        command_id = step_id(f"identify:{guest.id}", client.id)
        merge = MergeContact(command_id=command_id, contact_id=guest.id, into_id=client.id)
        try:
            await self._dispatch.dispatch(merge, MACHINE)
        except DomainError as error:
            if error.retryable:
                raise
            return  # Somebody else with the same token was first; its tickets are theirs.
