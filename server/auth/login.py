"""Coming in and going out: what the doors call for everything about log-ins."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from uuid import uuid4

from pydantic import ValidationError

from domain.access import Actor
from domain.catalog import invalid
from domain.contact.commands import BlockContact, DeleteContact, MergeContact
from domain.errors import Forbidden, Invalid, NotFound, Unauthenticated
from domain.message import ActorKind, Id
from domain.people.commands import CreateUser, DeleteUser, UpdateUser
from domain.people.state import User
from domain.ports import Clock
from domain.process import MACHINE, step_id
from domain.rates import network_of
from server.auth.accounts import Accounts
from server.auth.administration import Administration
from server.auth.answers import Grant, Me, SessionInfo, TeamName, person_of
from server.auth.families import Families, Where
from server.auth.grants import Grants
from server.auth.guests import Guests
from server.auth.identify import Identify
from server.auth.kicks import Kick, concerned_by
from server.auth.passwords import Passwords, check_password
from server.auth.proofs import Proofs
from server.auth.sessions import Entry, StoreSessions
from server.auth.setup import Setup
from server.auth.throttle import HOUR_MS, Quota, Throttle
from server.auth.tokens import Tokens
from server.dispatch.documents import DocumentDispatch, Made
from server.settings import Settings
from server.store.connect import Store
from server.store.documents import fetch
from server.store.people import fetch_user_by_email

log = logging.getLogger(__name__)

_SIGNUP = Actor(kind=ActorKind.SYSTEM, id="signup")
_WRONG = "The address or the password is not right."


class Auth:
    """Everything about log-ins, for any door. A `token` is an access token, or a guest's.

    `kick` has live sockets rechecked at once. All methods raise DomainError.
    """

    def __init__(
        self,
        *,
        store: Store,
        settings: Settings,
        clock: Clock,
        throttle: Throttle,
        documents: DocumentDispatch,
        sessions: StoreSessions,
        kick: Kick,
        passwords: Passwords | None = None,
    ) -> None:
        secret = settings.secret_key.encode()
        self._store = store
        self._settings = settings
        self._documents = documents
        self._sessions = sessions
        self._tokens = Tokens(secret, clock)
        self._throttle = throttle
        self._families = Families(
            store, self._tokens, sessions, clock, kick, settings.refresh_token_seconds
        )
        self._accounts = Accounts(store, documents, passwords or Passwords(), clock, secret)
        self._setup = Setup(store, self._accounts, clock)
        self._grants = Grants(store, self._tokens, settings.access_token_seconds)
        self._guests = Guests(
            store, documents, self._tokens, sessions, settings.refresh_token_seconds
        )
        self._signups = Quota("sign-ups", settings.signups_per_hour, HOUR_MS)
        self._failures = Quota("failed log-ins", settings.failed_logins_per_hour, HOUR_MS)
        self._visits = Quota("visitors", settings.guests_per_hour, HOUR_MS)
        self._proofs = Proofs(store, clock, secret)
        self.secret_of = self._proofs.secret_of
        self.identify = Identify(
            store=store,
            dispatch=documents,
            tokens=self._tokens,
            sessions=sessions,
            proofs=self._proofs,
            families=self._families,
            grants=self._grants,
            throttle=self._throttle,
            clock=clock,
            mails=settings.mails,
        )
        people = Administration(store, documents, self._accounts, self._families)
        self.list_users = people.list_users
        self.create_user = people.create_user
        self.update_user = people.update_user
        self.delete_user = people.delete_user
        self._kick = kick
        self._tasks: set[asyncio.Future[None]] = set()
        documents.listen(self._note_change)

    async def signup(
        self,
        *,
        email: str,
        name: str,
        password: str,
        command_id: Id,
        where: Where,
        guest_token: str | None = None,
    ) -> Grant:
        """Make a client's account. The address counts as unproven, and so gives nobody else's
        tickets; those of the guest who holds `guest_token` come along, and of who proved this
        very address. Whose address is taken is told, to few of one network."""
        if not self._settings.signup_enabled:
            raise Forbidden("Accounts are made by an admin here.")
        await self._throttle.spend(self._signups, network_of(where.address))
        await self._throttle.enter(f"sign-up {email.strip()}", where.address)
        try:
            command = CreateUser(
                command_id=command_id, email=email, name=name, must_change_password=False
            )
        except ValidationError as error:
            raise invalid(error) from None
        user = await self._accounts.create(command, _SIGNUP, password)
        return await self._enter(user, where, guest_token)

    async def login(
        self, *, email: str, password: str, where: Where, guest_token: str | None = None
    ) -> Grant:
        """Open a session; what is wrong is not said, and takes as long to find out.

        One network fails a limited number of times, with however many accounts.
        """
        await self._throttle.enter(email, where.address)
        network = network_of(where.address)
        await self._throttle.require(self._failures, network)
        user = await fetch_user_by_email(self._store, email)
        right = await self._accounts.verify(user.id if user else None, password)
        if user is None or not right or not user.active:
            await self._throttle.spend(self._failures, network)
            raise Unauthenticated(_WRONG)
        await self._throttle.forgive(email, where.address)
        return await self._enter(user, where, guest_token)

    async def refresh(self, refresh_token: str) -> Grant:
        """Trade a refresh token for a new pair; see Families.renew."""
        return await self._grants.of(await self._families.renew(refresh_token))

    async def logout(self, token: str) -> None:
        """End the session: its tokens are worth nothing, its sockets close."""
        entry, _ = await self._sessions.identify(token)
        await self._families.end([entry.session_id], "logged out")

    async def guest(self, where: Where, name: str | None = None) -> Grant:
        """Let a visitor in without an account; the token is their identity."""
        await self._throttle.spend(self._visits, network_of(where.address))
        try:
            token = await self._guests.welcome(name)
        except ValidationError as error:
            raise invalid(error) from None
        entry, _ = await self._sessions.identify(token)
        return Grant(access_token=token, refresh_token=None, user=person_of(entry.standing))

    async def setup(
        self, *, token: str, email: str, name: str, password: str, where: Where
    ) -> Grant:
        """Make the first admin with the token of the set-up link."""
        try:
            user = await self._setup.redeem(token, email=email, name=name, password=password)
        except ValidationError as error:
            raise invalid(error) from None
        return await self._enter(user, where, None)

    async def me(self, token: str) -> Me:
        """Who holds a token, also where they must change their password first."""
        entry, _ = await self._sessions.identify(token)
        standing = entry.standing
        return Me(
            user=person_of(standing),
            teams=tuple(TeamName(id=team.id, name=team.name) for team in standing.teams),
            permissions=dict(standing.actor.permissions),
        )

    async def change_password(self, token: str, *, current: str, new: str, where: Where) -> None:
        """Choose another password; every other session of the user ends."""
        entry = await self._of_user(token)
        user = entry.standing.user
        assert user, "only a user's session comes here"
        await self._throttle.enter(user.email, where.address)
        if not await self._accounts.verify(user.id, current):
            raise Invalid("The present password is not right.", fields={"current": "not right"})
        await self._throttle.forgive(user.email, where.address)
        if new == current:
            raise Invalid("Choose another one.", fields={"new": "the same as before"})
        check_password(new, user.email)
        await self._accounts.set_password(user.id, new)
        await self._families.end_all(user.id, "the password was changed", entry.session_id)
        if user.must_change_password:
            command_id = step_id("password", str(uuid4()))
            chosen = UpdateUser(command_id=command_id, user_id=user.id, must_change_password=False)
            await self._documents.dispatch(chosen, MACHINE)

    async def sessions(self, token: str) -> list[SessionInfo]:
        """The holder's own sessions, the one used last first."""
        entry = await self._of_user(token)
        return [
            SessionInfo(
                id=login["_id"],
                client=login["client"],
                address=login["address"],
                created_at=login["created_at"],
                used_at=login["used_at"],
                expires_at=login["expires_at"],
                current=login["_id"] == entry.session_id,
            )
            for login in await self._families.of_user(_user_id(entry))
        ]

    async def end_session(self, token: str, session_id: Id) -> None:
        """End one of the holder's own sessions; raises NotFound for any other."""
        entry = await self._of_user(token)
        own = {login["_id"] for login in await self._families.of_user(_user_id(entry))}
        if session_id not in own:
            raise NotFound("You have no such session.")
        await self._families.end([session_id], "ended by its owner")

    def _note_change(self, made: Made) -> None:
        command, document_id, _ = made
        self._sessions.note_change(command.kind, document_id)
        if who := concerned_by(command, document_id):
            self._begin(self._kick(who))
        match command:
            case DeleteUser() | UpdateUser(active=False):
                self._begin(self._end_if_closed(document_id))
            case DeleteContact():
                self._begin(self._proofs.forget(document_id))
                self._begin(self._families.end_proven(document_id, "the contact was erased"))
            case BlockContact() | MergeContact():
                self._begin(self._families.end_proven(document_id, "blocked or merged"))
            case _:
                pass

    async def _end_if_closed(self, user_id: Id) -> None:
        """Whichever door an account was closed through, its sessions must not come back."""
        user = await fetch(self._store, User, user_id)
        if user is None or not user.active:
            await self._families.end_all(user_id, "the account is closed")

    def _begin(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Future[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.warning("a change of access was not told; a recheck makes it good: %s", error)

    async def _enter(self, user: User, where: Where, guest_token: str | None) -> Grant:
        if guest_token:
            session_id = await self._guests.bring_along(guest_token, user)
            if session_id:
                await self._families.end([session_id], "logged in")
        return await self._grants.of(await self._families.begin(user.id, where))

    async def _of_user(self, token: str) -> Entry:
        entry, _ = await self._sessions.identify(token)
        if entry.standing.user is None:
            raise Forbidden("Without a log-in there is no password: sign up first.")
        return entry


def _user_id(entry: Entry) -> Id:
    assert entry.standing.user, "only a user's session comes here"
    return entry.standing.user.id
