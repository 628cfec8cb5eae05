"""Counts what was marked, alone among all workers, and tells the feed rooms."""

from __future__ import annotations

import asyncio
import time

from domain.audience import WALLBOARD, parse_room, team_room
from domain.message import Millis
from domain.people.state import Team
from domain.ports import Clock, FeedItem, Feeds
from server.store.connect import Store
from server.store.counters import Counters, Counts, count_team, sum_of_teams
from server.store.documents import find
from server.store.leases import Leases
from server.store.past import count_yesterday, past_among, remembered

LEASE = "counters"
LEASE_MS = 5_000
LEAST_SECONDS = 0.5
"""Between two counts of one room."""
RECOUNT_SECONDS = 5.0
"""After which everything is counted anew, marked or not: a day may have begun."""
SHARE, RECOUNT_SHARE = 10, 50
"""Counting may take one part in so many of the time; large stores are counted less often."""
LONGEST_PAUSE = 5.0
"""Whatever counting takes: what is marked is to be told within ten seconds."""
YESTERDAY_SECONDS = 30.0
"""After which yesterday is counted anew, by the same time."""


class LeaseLost(Exception):
    """This worker was too slow: what it counted may be old, and is not kept."""


class Usual:
    """How long something takes where nothing is in its way: the shorter of its last two turns.

    One turn that waited for a store which stood still says nothing of how much there is to do.
    """

    def __init__(self) -> None:
        self._last = float("inf")

    def of(self, took: float) -> float:
        usual, self._last = min(took, self._last), took
        return usual


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
        self._usual = Usual()
        self._usual_recount = Usual()
        self._usual_yesterday = Usual()
        self._past: Counts = {}
        self._since: Millis = 0
        self._yesterday: Counts = {}
        self._yesterday_at = 0.0

    def marked(self) -> None:
        """Something was marked in this process: count soon."""
        self._marked.set()

    async def count(self) -> None:
        """One round: what is marked or due is counted; then wait for the next."""
        began = time.monotonic()
        token = await self._leases.acquire(LEASE, LEASE_MS)
        if token is not None:
            if token != self._token:  # Somebody else may have written since.
                self._token, self._recount_at = token, 0.0
                self._teams, self._written = {}, {}
                self._past = past_among(await self._counters.counts(WALLBOARD))
            try:
                await self._round(token)
            except Exception:
                self._recount_at = 0.0  # What was kept as counted may not have been told.
                raise
        took = time.monotonic() - began
        if token is not None:
            await self._look_back(token)
        await asyncio.sleep(pause_after(self._usual.of(took)))
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
            await self._tell_all(token)
        if everything:
            now = time.monotonic()
            usual = self._usual_recount.of(now - began)
            self._recount_at = now + max(RECOUNT_SECONDS, RECOUNT_SHARE * usual)

    async def _tell_all(self, token: int) -> None:
        """The wallboard's numbers, with what they were."""
        total = sum_of_teams(self._teams.values())
        self._past = remembered(self._past, total, self._clock.now(), self._since)
        counts = {**total, **self._past, **self._yesterday}
        await self._tell(WALLBOARD, counts, token, 0, fresh=False)

    async def _look_back(self, token: int) -> None:
        """Tell the wallboard of yesterday, now and then; what is marked does not wait for it."""
        began = time.monotonic()
        if began < self._yesterday_at:
            return
        self._yesterday = await count_yesterday(self._store, self._clock.now())
        self._since = await self._counters.since(WALLBOARD)
        await self._tell_all(token)
        done = time.monotonic()
        usual = self._usual_yesterday.of(done - began)
        self._yesterday_at = done + max(YESTERDAY_SECONDS, RECOUNT_SHARE * usual)

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


def pause_after(took: float) -> float:
    """Seconds until the next round."""
    return min(max(LEAST_SECONDS, SHARE * took), LONGEST_PAUSE)


def _item(room: str, name: str, seq: int, value: int) -> FeedItem:
    event = {"type": "feed.counter", "v": 1, "name": name, "seq": seq, "value": value}
    return FeedItem(room, f"counter:{name}", seq, event)
