"""Tells the wallboard and the teams who of their people is there, on shift, and how full."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from domain.audience import WALLBOARD, team_room
from domain.message import Id, Millis
from domain.people.state import Team, User
from domain.ports import Clock, FeedItem, Feeds
from domain.workforce.state import Agent
from realtime.cluster import AnyRedis
from realtime.presence import present
from server.jobs.rota import Rota
from server.store.agents import load_agents
from server.store.attendance import AttendanceBook, Attending
from server.store.connect import Store
from server.store.documents import fetch_many, find
from server.store.leases import Leases
from server.store.people import staff_among

LEASE = "attendance"
LEASE_MS = 10_000
EVERY_SECONDS = 1.0
MISSED: Millis = 6_000
"""How long somebody must be missing in Redis: after a flush the nodes need a moment to tell. With
the grace of a node's last word, of an absence of less than ten seconds nobody is told."""


class AttendanceWatch:
    """One at a time among all workers."""

    def __init__(
        self, store: Store, leases: Leases, redis: AnyRedis, feeds: Feeds, clock: Clock
    ) -> None:
        self._store = store
        self._leases = leases
        self._redis = redis
        self._feeds = feeds
        self._clock = clock
        self._book = AttendanceBook(store)
        self._rota = Rota()
        self._missing: dict[Id, Millis] = {}

    async def look(self) -> int:
        """One look at everybody; how many changes were told."""
        if await self._leases.acquire(LEASE, LEASE_MS) is None:
            return 0
        now = self._clock.now()
        there = await present(self._redis)
        known = await self._book.all()
        rooms = await self._rooms()
        users = await fetch_many(self._store, User, rooms)
        loads = await load_agents(self._store, users)
        changed = [
            attending
            for user in users.values()
            if (
                attending := self._judge(
                    user, rooms[user.id], loads[user.id], known.get(user.id), there, now
                )
            )
            != known.get(user.id)
        ]
        gone = [each for each in known.values() if each.agent_id not in users]
        await self._tell(changed, gone, known, now)
        return len(changed) + len(gone)

    async def _rooms(self) -> dict[Id, tuple[str, ...]]:
        """By member of a team who works here now, the rooms that show them."""
        teams = await find(self._store, Team)
        staff = await staff_among(self._store, {each for team in teams for each in team.member_ids})
        return {
            member: (
                WALLBOARD,
                *(team_room(team.id) for team in teams if member in team.member_ids),
            )
            for member in sorted(staff)
        }

    def _judge(
        self,
        user: User,
        rooms: tuple[str, ...],
        agent: Agent,
        before: Attending | None,
        there: frozenset[Id],
        now: Millis,
    ) -> Attending:
        """Somebody's attendance; the same as before where nothing is new."""
        connected = self._counts_as_there(user.id, before, there, now)
        state = "offline"
        if connected:
            state = "busy" if agent.load >= user.capacity else "online"
        duty = self._rota.of(user, now)
        told = Attending(
            agent_id=user.id,
            rooms=rooms,
            state=state,
            load=agent.load,
            capacity=user.capacity,
            since=before.since if before and before.state == state else now,
            seq=before.seq if before else 0,
            on_shift=duty.on,
            shift_until=duty.until,
        )
        return told if told == before else replace(told, seq=max(told.seq + 1, now))

    def _counts_as_there(
        self, agent_id: Id, before: Attending | None, there: frozenset[Id], now: Millis
    ) -> bool:
        if agent_id in there:
            self._missing.pop(agent_id, None)
            return True
        if before is None or before.state == "offline":
            return False
        return now - self._missing.setdefault(agent_id, now) < MISSED

    async def _tell(
        self,
        changed: Iterable[Attending],
        gone: Iterable[Attending],
        known: dict[Id, Attending],
        now: Millis,
    ) -> None:
        """To the rooms first: what was told and not kept is told again, never the other way."""
        items: list[FeedItem] = []
        for each in changed:
            before = known.get(each.agent_id)
            left = set(before.rooms if before else ()) - set(each.rooms)
            items += _items(each.entry, each.rooms) + _items({**each.entry, "agent": None}, left)
        for each in gone:
            entry = {"agent_id": each.agent_id, "seq": max(each.seq + 1, now), "agent": None}
            items += _items(entry, each.rooms)
        if items:
            await self._feeds.write(items)
            await self._book.keep(changed, [each.agent_id for each in gone])


def _items(entry: dict[str, Any], rooms: Iterable[str]) -> list[FeedItem]:
    event = {"type": "feed.agent", "v": 1, **entry}
    return [FeedItem(room, f"agent:{entry['agent_id']}", entry["seq"], event) for room in rooms]
