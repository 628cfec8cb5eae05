"""Counts what was marked, alone among all workers, and tells the feed rooms."""

from __future__ import annotations

import asyncio
import time

from domain.audience import WALLBOARD, parse_room, team_room
from domain.people.state import Team
from domain.ports import Clock, FeedItem, Feeds
from server.store.connect import Store
from server.store.counters import Counters, Counts, count_team, sum_of_teams
from server.store.documents import find
from server.store.leases import Leases
from server.store.past import count_past, count_yesterday

LEASE = "counters"
LEASE_MS = 5_000
LEAST_SECONDS = 0.5
"""Between two counts of one room."""
RECOUNT_SECONDS = 5.0
"""After which everything is counted anew, marked or not: a day may have begun."""
SHARE, RECOUNT_SHARE = 10, 50
"""Counting may take one part in so many of the time; large stores are counted less often."""
PAST_SECONDS = 30.0
"""After which the last hour is told anew: it had one more moment, or was written to late."""


class LeaseLost(Exception):
    """This worker was too slow: what it counted may be old, and is not kept."""


class Counting:
    """Holds the lease, counts, keeps, and writes absolute numbers with rising seqs."""

    def __init__(
        self, store: Store, counters: Counters, leases: Leases, feeds: Feeds, clock: Clock
    ) -> None:
        self._store = store
        self._counters = counters
        self._leases = leases
        self._feeds = feeds
        self._clock = clock
        self._marked = asyncio.Event()
        self._token = 0
        self._teams: dict[str, Counts] = {}
        self._written: dict[str, Counts] = {}
        self._recount_at = 0.0
        self._past: Counts = {}
        self._past_at = 0.0

    def marked(self) -> None:
        """Something was marked in this process: count soon."""
        self._marked.set()

    async def count(self) -> None:
        """One round: what is marked or due is counted; then wait for the next."""
        began = time.monotonic()
        token = await self._leases.acquire(LEASE, LEASE_MS)
        if token is not None:
            if token != self._token:  # Somebody else may have written since.
                self._token, self._recount_at, self._past_at = token, 0.0, 0.0
                self._teams, self._written = {}, {}
            await self._round(token)
        took = time.monotonic() - began
        if token is not None:
            await self._look_back(token)
        await asyncio.sleep(max(LEAST_SECONDS, SHARE * took))
        try:
            async with asyncio.timeout(LEAST_SECONDS):
                await self._marked.wait()
        except TimeoutError:
            pass
        self._marked.clear()

    async def _round(self, token: int) -> None:
        began = time.monotonic()
        marks = await self._counters.marks()
        due = {room: mark for room, (mark, counted) in marks.items() if mark != counted}
        everything = began >= self._recount_at
        if everything:
            rooms = [team_room(team.id) for team in await find(self._store, Team)]
            due |= {room: marks.get(room, (0, 0))[0] for room in rooms}
        for room, mark in due.items():
            team_id = parse_room(room).id
            self._teams[room] = await count_team(self._store, team_id, self._clock.now())
            fresh = mark != marks.get(room, (0, 0))[1]
            await self._tell(room, self._teams[room], token, mark, fresh=fresh)
        if due:
            total = sum_of_teams(self._teams.values())
            await self._tell(WALLBOARD, {**total, **self._past}, token, 0, fresh=False)
        if everything:
            now = time.monotonic()
            self._recount_at = now + max(RECOUNT_SECONDS, RECOUNT_SHARE * (now - began))

    async def _look_back(self, token: int) -> None:
        """Tell the wallboard of the past, now and then; what is marked does not wait for it."""
        began = time.monotonic()
        if began < self._past_at:
            return
        total, now = sum_of_teams(self._teams.values()), self._clock.now()
        self._past = {
            **await count_past(self._store, total, now),
            **await count_yesterday(self._store, now),
        }
        await self._tell(WALLBOARD, {**total, **self._past}, token, 0, fresh=False)
        done = time.monotonic()
        self._past_at = done + max(PAST_SECONDS, RECOUNT_SHARE * (done - began))

    async def _tell(self, room: str, counts: Counts, token: int, mark: int, *, fresh: bool) -> None:
        """Keep numbers, and write to the feed those that it was not told yet."""
        told = self._written.get(room, {})
        news = {name: value for name, value in counts.items() if told.get(name) != value}
        if not news and not fresh:
            return
        seq = await self._counters.keep(room, counts, token, mark)
        if seq is None:
            raise LeaseLost(f"another worker counts {room} now")
        await self._feeds.write([_item(room, name, seq, value) for name, value in news.items()])
        self._written[room] = counts


def _item(room: str, name: str, seq: int, value: int) -> FeedItem:
    event = {"type": "feed.counter", "v": 1, "name": name, "seq": seq, "value": value}
    return FeedItem(room, f"counter:{name}", seq, event)
