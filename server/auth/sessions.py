"""Who is behind a token, and whether they still may: the port `Sessions` over the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from domain.errors import Forbidden, Unauthenticated
from domain.message import Millis
from domain.ports import Clock, Session
from server.auth.actors import Standing, fetch_guests, fetch_known, fetch_standings
from server.auth.tokens import Claims, TokenKind, Tokens
from server.store.batch import TickBatch
from server.store.connect import Raw, Store
from server.store.sessions import LogIn

FRESH_MS = 1_000
"""So long is what was read believed; whatever this node itself changes counts at once. Nodes look
again every four seconds: where nobody was told, a right that ended lasts for five at most."""
MOST_KEPT = 50_000
GUEST = "guest:"


class Entry(NamedTuple):
    """A session as it was read at a moment."""

    session_id: str
    standing: Standing
    expires_at: Millis
    read_at: Millis

    @property
    def must_change_password(self) -> bool:
        return bool(self.standing.user and self.standing.user.must_change_password)

    def session(self, expires_at: Millis) -> Session:
        """The session as the rest of the house knows it, good until its token runs out."""
        version = self.standing.version
        return Session(
            self.session_id, self.standing.actor, version, min(expires_at, self.expires_at)
        )


class StoreSessions:
    """Implements `ports.Sessions`. A guest's session is its token: `guest:<contact id>`."""

    def __init__(self, store: Store, secret: bytes, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._tokens = Tokens(secret, clock)
        self._kept: dict[str, Entry] = {}
        self._changes = 0
        self._read: TickBatch[str, Entry | None] = TickBatch(self._read_batch)

    async def authenticate(self, token: str) -> Session:
        """Raises Unauthenticated for a token that is absent, forged, expired or revoked.

        Raises Forbidden with `fields.must_change_password` where only that is allowed.
        """
        entry, claims = await self.identify(token)
        if entry.must_change_password:
            raise Forbidden("Change your password first.", fields={"must_change_password": True})
        return entry.session(claims.expires_at)

    async def identify(self, token: str) -> tuple[Entry, Claims]:
        """Who is behind a token, even if they may do nothing yet; raises Unauthenticated."""
        claims = self._tokens.read(token, TokenKind.ACCESS, TokenKind.GUEST)
        guest = claims.kind is TokenKind.GUEST
        session_id = f"{GUEST}{claims.subject}" if guest else claims.session_id
        entry = self._kept.get(session_id)
        if entry is None or entry.read_at + FRESH_MS < self._clock.now():
            entry = await self._read(session_id)
        if entry is None or entry.expires_at <= self._clock.now():
            raise Unauthenticated("This session has ended: log in again.")
        return entry, claims

    async def recheck(self, sessions: Sequence[Session]) -> dict[str, Session | None]:
        """By session id: the present session, None where it was ended.

        One query for each kind of document, however many sessions there are.
        """
        entries = await self._read_and_keep([session.id for session in sessions])
        present: dict[str, Session | None] = {}
        for session in sessions:
            entry = entries.get(session.id)
            if entry is None or entry.must_change_password:
                present[session.id] = None
            else:
                present[session.id] = entry.session(session.expires_at)
        return present

    def forget(self, session_ids: Iterable[str]) -> None:
        """Believe nothing of these sessions any more."""
        self._changes += 1
        for session_id in session_ids:
            self._kept.pop(session_id, None)

    def note_change(self, kind: str, identity: str) -> None:
        """A plain document was changed by this node: read anew who depends on it."""
        if kind not in ("user", "role", "team", "contact"):
            return
        self._changes += 1
        if kind in ("role", "team"):
            self._kept.clear()
            return
        for session_id, entry in list(self._kept.items()):
            if identity == entry.standing.actor.user_id or (
                identity in entry.standing.actor.identities
            ):
                del self._kept[session_id]

    async def _read_batch(self, session_ids: list[str]) -> list[Entry | None]:
        entries = await self._read_and_keep(session_ids)
        return [entries.get(session_id) for session_id in session_ids]

    async def _read_and_keep(self, session_ids: list[str]) -> dict[str, Entry]:
        changes = self._changes
        entries = await self._read_all(session_ids)
        for session_id in session_ids:
            self._kept.pop(session_id, None)
        if changes == self._changes:  # What was read before a change must not outlive it.
            if len(self._kept) + len(entries) > MOST_KEPT:
                self._kept.clear()
            self._kept |= entries
        return entries

    async def _read_all(self, session_ids: Iterable[str]) -> dict[str, Entry]:
        ids = list(dict.fromkeys(session_ids))
        guests = [each.removeprefix(GUEST) for each in ids if each.startswith(GUEST)]
        others = [each for each in ids if not each.startswith(GUEST)]
        now = self._clock.now()
        entries: dict[str, Entry] = {}
        if others:
            entries |= await self._read_logins(others, now)
        if guests:
            for contact_id, standing in (await fetch_guests(self._store, guests)).items():
                session_id = f"{GUEST}{contact_id}"
                entries[session_id] = Entry(session_id, standing, 2**53 - 1, now)
        return entries

    async def _read_logins(self, session_ids: list[str], now: Millis) -> dict[str, Entry]:
        cursor = self._store[LogIn].find(
            {"_id": {"$in": session_ids}, "ended": None, "expires_at": {"$gt": now}}
        )
        logins = await cursor.to_list()
        standings = await standings_of(self._store, logins)
        return {
            login["_id"]: Entry(login["_id"], standings[login["_id"]], login["expires_at"], now)
            for login in logins
            if login["_id"] in standings
        }


async def standings_of(store: Store, logins: Sequence[Raw]) -> dict[str, Standing]:
    """What the holders of sessions may now, by session id; who may nothing is left out."""
    users = {each["_id"]: each["user_id"] for each in logins if each["user_id"]}
    contacts = {each["_id"]: each["contact_id"] for each in logins if each.get("contact_id")}
    of_users = await fetch_standings(store, users.values()) if users else {}
    known = await fetch_known(store, contacts.values()) if contacts else {}
    return {
        **{each: of_users[user_id] for each, user_id in users.items() if user_id in of_users},
        **{each: known[holder] for each, holder in contacts.items() if holder in known},
    }
