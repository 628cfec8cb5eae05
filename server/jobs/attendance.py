"""Tells the wallboard and the teams who of their people is there, on shift, and how full."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from domain.audience import WALLBOARD, team_room
from domain.message import Id, Millis
from domain.people.shifts import Span
from domain.people.state import Team, User
from domain.ports import Clock, FeedItem, Feeds
from domain.workforce.availability import Availability, Reason, availability
from domain.workforce.state import Agent, AgentStatus
from realtime.cluster import AnyRedis
from realtime.presence import present
from server.jobs.plans import Plans
from server.jobs.reached import Reached
from server.jobs.rota import Rota
from server.store.agents import load_agents
from server.store.attendance import REACHABLE, AttendanceBook, Attending, nearness_of
from server.store.connect import Store
from server.store.documents import fetch_many, find
from server.store.leases import Leases
from server.store.leave import leave_of
from server.store.people import staff_among

LEASE = "attendance"
LEASE_MS = 3_000
EVERY_SECONDS = 1.0
MISSED: Millis = 6_000
"""How long somebody must be missing in Redis: after a flush the nodes need a moment to tell. With
the grace of a node's last word, of an absence of less than ten seconds nobody is told."""


class AttendanceWatch:
    """One at a time among all workers. `freed` is told where somebody can be given work now."""

    def __init__(
        self,
        store: Store,
        leases: Leases,
        redis: AnyRedis,
        feeds: Feeds,
        clock: Clock,
        freed: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._leases = leases
        self._redis = redis
        self._feeds = feeds
        self._clock = clock
        self._freed = freed
        self._book = AttendanceBook(store)
        self._rota = Rota()
        self._plans = Plans(store)
        self._reached = Reached(store)
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
        leave = await leave_of(self._store, users, now)
        plans = await self._plans.of(users, now)
        reached = await self._reached.at(now)
        changed = [
            attending
            for user in users.values()
            if (
                attending := self._judge(
                    user,
                    rooms[user.id],
                    loads[user.id],
                    leave[user.id],
                    plans[user.id],
                    known.get(user.id),
                    there,
                    reached,
                    now,
                )
            )
            != known.get(user.id)
        ]
        changed += [
            replace(each, rooms=(), owed=_both(each.owed, each.rooms), seq=max(each.seq + 1, now))
            for each in known.values()
            if each.agent_id not in users and each.rooms
        ]
        await self._book.keep(changed)
        if any(_is_free(each) and not _is_free(known.get(each.agent_id)) for each in changed):
            self._freed()
        await self._tell({**known, **{each.agent_id: each for each in changed}}.values())
        return len(changed)

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
        leave: Sequence[Span],
        plan: int,
        before: Attending | None,
        there: frozenset[Id],
        reached: frozenset[Id],
        now: Millis,
    ) -> Attending:
        """Somebody's attendance; the same as before where nothing is new."""
        connected = self._counts_as_there(user.id, before, there, now)
        day = self._rota.of(user, now)
        found = availability(
            agent,
            user,
            now,
            day=day,
            leave=leave,
            connected=connected,
            reachable=user.id in reached,
        )
        state = _state(agent, found, connected=connected)
        told = Attending(
            agent_id=user.id,
            rooms=rooms,
            state=state,
            load=agent.load,
            capacity=user.capacity,
            since=before.since if before and _goes_on(before.state, state) else now,
            seq=before.seq if before else 0,
            on_shift=day.duty.on,
            shift_until=day.duty.until,
            reason=found.reason.value,
            until=found.until,
            note=agent.note,
            plan=plan,
            owed=before.owed if before else (),
        )
        if told == before:
            return told
        owed = _both(told.owed, before.rooms if before else (), rooms)
        return replace(told, seq=max(told.seq + 1, now), owed=owed)

    def _counts_as_there(
        self, agent_id: Id, before: Attending | None, there: frozenset[Id], now: Millis
    ) -> bool:
        if agent_id in there:
            self._missing.pop(agent_id, None)
            return True
        if before is None or not nearness_of(before.state).connected:
            return False
        return now - self._missing.setdefault(agent_id, now) < MISSED

    async def _tell(self, everybody: Iterable[Attending]) -> None:
        """What is kept and still owed to rooms: who enters one meanwhile has read it already."""
        owing = [each for each in everybody if each.owed]
        items = [item for each in owing for item in _items(each)]
        if items:
            await self._feeds.write(items)
            await self._book.told(owing)


_STATES = {
    Reason.ON_BREAK: "break",
    Reason.AWAY: "away",
    Reason.NOT_ANSWERING: "away",
    Reason.BUSY: "busy",
    Reason.FULL: "busy",
}


def _state(agent: Agent, found: Availability, *, connected: bool) -> str:
    """What is seen of somebody: who is not connected is offline, whatever else they are; reachable
    where they could be offered work for all that, or are only too full for it."""
    if not connected:
        near = found.reason in (Reason.REACHABLE, Reason.FULL)
        return REACHABLE if near else "offline"
    if found.reason in (Reason.ON_LEAVE, Reason.OFF_SHIFT):  # Here all the same.
        return "away" if agent.status is AgentStatus.AWAY else "online"
    return _STATES.get(found.reason, "online")


def _goes_on(before: str, state: str) -> bool:
    """Whether it is still the same: who is gone is gone since then, whatever their phone does."""
    gone = not nearness_of(before).connected and not nearness_of(state).connected
    return gone or before == state


def _is_free(attending: Attending | None) -> bool:
    return attending is not None and attending.reason in (Reason.AVAILABLE, Reason.REACHABLE)


def _both(*some: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(room for rooms in some for room in rooms))


def _items(each: Attending) -> list[FeedItem]:
    """What the rooms are owed; null where they do not show them any more."""
    event = {"type": "feed.agent", "v": 1, **each.entry}
    return [
        FeedItem(
            room,
            f"agent:{each.agent_id}",
            each.seq,
            event if room in each.rooms else {**event, "agent": None},
        )
        for room in each.owed
    ]
