"""A guest becomes known: whoever proves an address is its holder, and gets a session as such."""

from __future__ import annotations

from contextlib import suppress
from uuid import uuid4

from domain.contact.commands import IdentifyContact, MergeContact
from domain.contact.state import Contact
from domain.errors import Conflict, Forbidden, Retryable, Unauthenticated
from domain.message import Id
from domain.people.state import User
from domain.ports import Clock, Dispatch
from domain.process import MACHINE, step_id
from domain.rates import network_of
from server.auth.answers import Grant
from server.auth.families import Families, Where
from server.auth.grants import Grants
from server.auth.proofs import Proofs
from server.auth.sessions import GUEST, StoreSessions
from server.auth.throttle import HOUR_MS, Quota, Throttle
from server.auth.tokens import TokenKind, Tokens
from server.mail.codes import code_owed
from server.store.connect import Store
from server.store.contacts import survivor_of, verified_holder
from server.store.documents import fetch
from server.store.effects import Effects
from server.store.people import is_staff_address, staff_roles

CODES_TO_ADDRESS = Quota("codes to this address", 5, HOUR_MS)
CODES_FROM_NETWORK = Quota("codes from your network", 30, HOUR_MS)
ATTEMPTS = 4

_STAFF = "This address is of somebody who works here: they log in."
_BLOCKED = "This contact is blocked."


class Identify:
    """The two proofs, and what follows from either. All methods raise DomainError."""

    def __init__(
        self,
        *,
        store: Store,
        dispatch: Dispatch,
        tokens: Tokens,
        sessions: StoreSessions,
        proofs: Proofs,
        families: Families,
        grants: Grants,
        throttle: Throttle,
        clock: Clock,
        mails: bool,
    ) -> None:
        self._store = store
        self._dispatch = dispatch
        self._tokens = tokens
        self._sessions = sessions
        self._proofs = proofs
        self._families = families
        self._grants = grants
        self._throttle = throttle
        self._clock = clock
        self._effects = Effects(store, clock)
        self._mails = mails

    async def send_code(self, token: str, email: str, where: Where) -> None:
        """Mail a code; the answer says nothing of whose address it is."""
        if not self._mails:
            raise Conflict("No mail leaves this desk, so no code can be sent.")
        guest_id = (await self._guest(token)).id
        await self._sessions.authenticate(token)
        await self._throttle.spend(CODES_FROM_NETWORK, network_of(where.address))
        await self._throttle.spend(CODES_TO_ADDRESS, email)
        proof_id = await self._proofs.begin(guest_id, email)
        # Whom it is not sent to, the letter finds out: here the time it takes would say so.
        await self._effects.owe([code_owed(proof_id, guest_id, self._clock.now())])

    async def by_code(
        self, token: str, email: str, code: str, name: str | None, where: Where
    ) -> Grant:
        """Take the code that was mailed; the visitor's token is worth nothing afterwards."""
        await self._throttle.enter(f"code {email}", where.address)
        guest = await self._guest(token)
        proof_id = await self._proofs.try_code(guest.id, email, code)
        await self._throttle.forgive(f"code {email}", where.address)
        return await self._identify(guest, proof_id, email, name, where)

    async def by_signature(
        self,
        token: str,
        inbox_id: Id,
        email: str,
        signature: str,
        name: str | None,
        where: Where,
    ) -> Grant:
        """Take the word of an inbox's own site for who its visitor is."""
        await self._throttle.enter(f"signature {email}", where.address)
        guest = await self._guest(token)
        proof_id = await self._proofs.check_signature(guest.id, inbox_id, email, signature)
        await self._throttle.forgive(f"signature {email}", where.address)
        return await self._identify(guest, proof_id, email, name, where)

    async def _guest(self, token: str) -> Contact:
        """Who holds a token that is a guest's, or was until a moment ago."""
        guest = await fetch(self._store, Contact, self._tokens.read(token, TokenKind.GUEST).subject)
        if guest is None:
            raise Unauthenticated("This visitor is not here any more: begin anew.")
        if guest.blocked:
            raise Forbidden(_BLOCKED)
        return guest

    async def _identify(
        self, guest: Contact, proof_id: Id, email: str, name: str | None, where: Where
    ) -> Grant:
        if await is_staff_address(self._store, email):
            raise Forbidden(_STAFF)
        if guest.guest and guest.merged_into is None:
            await self._proofs.accept(proof_id, guest.id, email)
        elif not await self._proofs.accepted_lately(proof_id):
            raise Unauthenticated("This visitor is known by now: begin anew.")
        known = await self._become(guest.id, email, name)
        renewed = await self._families.begin_proven(known.id, proof_id, where)
        await self._families.close([f"{GUEST}{guest.id}"])
        return await self._grants.of(renewed)

    async def _become(self, guest_id: Id, email: str, name: str | None) -> Contact:
        """Make the guest the verified holder of an address, or one with who is it already.

        What somebody merely claims counts for nothing: neither do they get the guest's tickets,
        nor can they keep the holder out.
        """
        for _ in range(ATTEMPTS):
            now = await survivor_of(self._store, guest_id)
            holder = await verified_holder(self._store, email)
            if now is None:
                raise Unauthenticated("This visitor is not here any more: begin anew.")
            if holder is not None and holder.id == now.id:
                await self._check_open(holder)
                return holder
            if not now.guest:
                raise Conflict("This visitor was identified as somebody else meanwhile.")
            if holder is not None:
                await self._check_open(holder)
            await self._take_part(now, holder, email, name)
        raise Retryable("Others identify themselves with this address; try it again.")

    async def _take_part(
        self, guest: Contact, holder: Contact | None, email: str, name: str | None
    ) -> None:
        """One step towards it; whoever was faster is seen at the next look."""
        command_id = step_id(f"identify:{guest.id}", str(uuid4()))
        command = (
            MergeContact(command_id=command_id, contact_id=guest.id, into_id=holder.id)
            if holder
            else IdentifyContact(command_id=command_id, contact_id=guest.id, email=email, name=name)
        )
        with suppress(Conflict):
            await self._dispatch.dispatch(command, MACHINE)

    async def _check_open(self, holder: Contact) -> None:
        """Raise Forbidden for a contact who may not come in by their address."""
        if holder.blocked:
            raise Forbidden(_BLOCKED)
        user = await fetch(self._store, User, holder.user_id)
        if user is not None and user.role in await staff_roles(self._store):
            raise Forbidden(_STAFF)
        if user is not None and not user.active:
            raise Forbidden("The account with this address is closed.")
