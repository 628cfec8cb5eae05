"""Who is connected, and whether they still may: rechecked all the time, at once when told."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from math import inf
from time import monotonic
from typing import Any, cast

import orjson

from domain.access import Actor
from domain.errors import RateLimited
from domain.message import Id
from domain.ports import Session, Sessions
from realtime.bus import CONTROL, Bus, Kind
from realtime.connection import Connection
from realtime.fanout import RESYNC, Fanout
from realtime.options import Counters, Options
from realtime.wire import dump

log = logging.getLogger(__name__)

EXPIRED = "expired"
ENDED = "ended"
RESTART = "restart"

TICK = 1.0
COME_BACK_AFTER = 10.0
"""Seconds after which somebody with too many sockets may try again."""


class Connections:
    """The live connections of this node, by socket."""

    def __init__(
        self,
        sessions: Sessions,
        bus: Bus,
        fanout: Fanout,
        options: Options,
        counters: Counters,
    ) -> None:
        self._sessions = sessions
        self._bus = bus
        self._fanout = fanout
        self._options = options
        self._counters = counters
        self._by_sid: dict[str, Connection] = {}
        self._of_user: Counter[Id] = Counter()
        self._first_end = inf
        """No session ends before, by the monotonic clock."""
        self.came = asyncio.Event()
        """Set when somebody came; who waits for that clears it."""

    def __len__(self) -> int:
        return len(self._by_sid)

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._by_sid.values()))

    def get(self, sid: str) -> Connection | None:
        return self._by_sid.get(sid)

    def admit(self, actor: Actor) -> None:
        """Raises RateLimited where a person holds as many sockets as one may."""
        if self._of_user[actor.id] >= self._options.sockets_per_user:
            raise RateLimited(
                "You are connected too often; close some windows.",
                fields={"retry_after": COME_BACK_AFTER},
            )

    def add(self, connection: Connection) -> None:
        self._by_sid[connection.sid] = connection
        self._limit(connection)
        self._of_user[connection.actor.id] += 1
        self._counters.connections += 1
        self.came.set()

    def remove(self, sid: str) -> None:
        """Forget a socket that is gone, and take it out of its rooms only."""
        connection = self._by_sid.pop(sid, None)
        if connection is not None:
            connection.closed = True
            self._count_out(connection)
            for room in list(connection.rooms.values()):
                room.leave(connection)

    def _limit(self, connection: Connection) -> None:
        left = connection.session.expires_at - self._options.now()
        connection.until = until = monotonic() + left / 1000
        self._first_end = min(self._first_end, until)

    def _count_out(self, connection: Connection) -> None:
        person = connection.actor.id
        self._of_user[person] -= 1
        if self._of_user[person] <= 0:
            del self._of_user[person]

    def close(self, sid: str, reason: str, retry_after: float | None = None) -> None:
        """Tell a socket why, and end it; nothing more is sent to it."""
        connection = self._by_sid.get(sid)
        if connection is None:
            return
        connection.barred = reason in (EXPIRED, ENDED)
        self.remove(sid)
        self._counters.closed[reason] = self._counters.closed.get(reason, 0) + 1
        farewell = {"reason": reason} | (
            {} if retry_after is None else {"retry_after": retry_after}
        )
        self._fanout.close(sid, dump(farewell), drop=reason == RESYNC)

    def overflowed(self, sid: str) -> None:
        """A socket that does not read: it comes back and replays."""
        self.close(sid, RESYNC)

    def renew(self, connection: Connection, session: Session) -> None:
        """Take a new session, and look again whether its actor may be where they are."""
        self._count_out(connection)
        connection.session = session
        self._limit(connection)
        self._of_user[connection.actor.id] += 1
        self.came.set()
        for room in list(connection.rooms.values()):
            room.judge(connection)

    # The sweep.

    async def run(self) -> None:
        """Close what has expired or vanished; recheck every session in time."""
        loop = asyncio.get_running_loop()
        due = loop.time() + self._options.recheck_every
        while True:
            await asyncio.sleep(min(TICK, self._options.recheck_every))
            self.close_expired()
            if loop.time() >= due:
                due = loop.time() + self._options.recheck_every
                self.remove_vanished()
                await self.recheck(self)

    def close_expired(self) -> None:
        now = monotonic()  # A clock that jumps must not end everybody.
        if now < self._first_end:
            return  # Each second, ten thousand are too many to look at.
        for connection in self:
            if connection.until <= now:
                self.close(connection.sid, EXPIRED)
        self._first_end = min((each.until for each in self), default=inf)

    def remove_vanished(self) -> None:
        """Forget who was gone before they were let in."""
        for connection in self:
            if not self._fanout.alive(connection.sid):
                self.remove(connection.sid)

    async def recheck(self, connections: Iterable[Connection]) -> None:
        """Ask about sessions in one query; end what was ended, judge anew what changed."""
        asked = [(connection, connection.session) for connection in connections]
        if not asked:
            return
        sessions = {session.id: session for _, session in asked}
        try:
            present = await self._sessions.recheck(list(sessions.values()))
        except Exception:
            log.exception("%d sessions could not be rechecked", len(sessions))
            return
        for connection, before in asked:
            if connection.closed or connection.session is not before:
                continue  # It left, or renewed, while the answer was under way.
            after = present.get(before.id)
            if after is None:
                self.close(connection.sid, ENDED)
            elif after.access_version != before.access_version:
                # The token's own end stays what it was.
                self.renew(connection, after._replace(expires_at=before.expires_at))
                told = dump({"version": after.access_version})
                self._fanout.emit("access", told, [connection.sid])

    # Kicks: the same, now. A lost one is made good by the sweep.

    async def kick(self, who: Iterable[str]) -> None:
        """Recheck at once, on every node, sessions and people named by id."""
        named = sorted(set(who))
        self._bus.publish(CONTROL, Kind.KICK, dump(named))
        await self._recheck_named(frozenset(named))

    async def receive_kick(self, json: bytes) -> None:
        await self._recheck_named(frozenset(cast("list[Any]", orjson.loads(json))))

    async def _recheck_named(self, named: frozenset[str]) -> None:
        def concerned(session: Session) -> bool:
            actor = session.actor
            return not named.isdisjoint({session.id, actor.user_id, *actor.identities})

        await self.recheck([each for each in self if concerned(each.session)])

    def close_all(self, reason: str, spread: float) -> None:
        """Tell everybody, each to come back at another moment within `spread` seconds."""
        sids = list(self._by_sid)
        for place, sid in enumerate(sids):
            self.close(sid, reason, round(spread * place / len(sids), 3))
