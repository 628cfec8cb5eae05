"""The numbers of the wallboard and of each team: marked, counted, kept under a fencing token."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pymongo import ReturnDocument, UpdateOne
from pymongo.errors import DuplicateKeyError

from domain.approval.state import ApprovalStatus
from domain.assistant.state import AssistantState
from domain.message import Id, Millis
from domain.sla.state import Peril
from domain.ticket.state import Status
from server.store.connect import Raw, Store
from server.store.models import RoomCounters, TicketHeader

Counts = dict[str, int]

HOUR: Millis = 3600 * 1000
DAY: Millis = 24 * HOUR
WAIT = "oldest_wait_at"
"""Since when the oldest ticket in the queue waits for an owner; 0 where there is none."""
OPENED = "$state.opened_at"
SLA = tuple(f"sla.{peril.value}" for peril in Peril)
"""Tickets that are being worked on, and late with what was promised or warned of."""
NAMES = (
    *(f"tickets.{status.value}" for status in Status if status is not Status.CLOSED),
    "tickets.unassigned",
    "tickets.snoozed",
    "tickets.opened_today",
    "tickets.resolved_today",
    "tickets.overdue",
    "tickets.due_today",
    *SLA,
    WAIT,
    *(f"opened.h{hour}" for hour in range(24)),
)
ITS_TURN = [each.value for each in AssistantState if each is not AssistantState.HANDED_OVER]
ACTIVE = [status.value for status in Status if status.active]
_COUNTED = [status.value for status in Status if status is not Status.CLOSED]
"""How many are closed is not told: they are ever more, and would have to be counted each time."""


async def count_team(store: Store, team_id: Id, now: Millis) -> Counts:
    """Count a team's tickets as they stand; days and hours are UTC's.

    `opened.h<hour of the day>` are the last 24 hours, the present one among them.
    """
    midnight = now - now % DAY
    hours = await _count_hours(store, team_id, now)
    since = range(midnight // HOUR % 24, now // HOUR % 24 + 1)
    return {
        **dict.fromkeys(NAMES, 0),
        **await _count_present(store, team_id, now),
        "tickets.opened_today": sum(hours.get(f"opened.h{hour}", 0) for hour in since),
        "tickets.resolved_today": await _count_resolved(store, team_id, midnight),
        **hours,
    }


async def _count_present(store: Store, team_id: Id, now: Millis) -> Counts:
    groups = await _grouped(
        store,
        {"state.team_id": team_id, "state.status": {"$in": _COUNTED}},
        "$state.status",
        _sums(now),
    )
    counts: Counts = {}
    for group in groups:
        counts[f"tickets.{group['_id']}"] = group["all"]
        for name in ("unassigned", "snoozed", "overdue", "due_today"):
            counts[f"tickets.{name}"] = counts.get(f"tickets.{name}", 0) + group[name]
        for name, peril in zip(SLA, Peril, strict=True):
            counts[name] = counts.get(name, 0) + group[f"sla_{peril.value}"]
        if since := group["waiting_since"]:
            counts[WAIT] = min(counts.get(WAIT, since), since)
    return counts


async def _count_resolved(store: Store, team_id: Id, since: Millis) -> int:
    resolved = {"state.team_id": team_id, "state.resolved_at": {"$gte": since}}
    groups = await _grouped(store, resolved, None, {"all": {"$sum": 1}})
    return groups[0]["all"] if groups else 0


async def _count_hours(store: Store, team_id: Id, now: Millis) -> Counts:
    first = now - now % HOUR - 23 * HOUR
    sums: Raw = {
        f"opened_h{start // HOUR % 24}": _times(
            {"$and": [{"$gte": [OPENED, start]}, {"$lt": [OPENED, start + HOUR]}]}
        )
        for start in range(first, now + 1, HOUR)
    }
    recent = {"state.team_id": team_id, "state.opened_at": {"$gte": first}}
    groups = await _grouped(store, recent, None, sums)
    return {name.replace("_", "."): group[name] for group in groups for name in sums}


async def _grouped(store: Store, where: Raw, by: str | None, sums: Raw) -> list[Raw]:
    """Sums over the tickets that are there for anybody."""
    stages = [{"$match": {"listed": True, **where}}, {"$group": {"_id": by, **sums}}]
    return await (await store[TicketHeader].aggregate(stages)).to_list()


def _sums(now: Millis) -> Raw:
    midnight = now - now % DAY
    active: Raw = {"$in": ["$state.status", ACTIVE]}
    return {
        "all": _times({"$eq": [_SNOOZED, None]}),
        "snoozed": _times({"$and": [active, {"$lt": [0, _SNOOZED]}]}),
        "unassigned": _times(_QUEUED),
        "overdue": _times({"$and": [active, {"$lt": ["$due", now]}]}),
        "due_today": _times(
            {"$and": [active, {"$gte": ["$due", now]}, {"$lt": ["$due", midnight + DAY]}]}
        ),
        **{
            f"sla_{peril.value}": _times({"$and": [active, {"$eq": ["$peril", peril.value]}]})
            for peril in Peril
        },
        "waiting_since": {"$min": {"$cond": [_QUEUED, "$state.private.queued_at", None]}},
    }


_SNOOZED = "$state.private.snoozed_until"
"""What is snoozed is counted as that and not by its status, as lists have it."""
_QUEUED: Raw = {
    "$and": [
        {"$eq": ["$state.owner_id", None]},
        {"$in": ["$state.status", [Status.OPEN.value, Status.IN_PROGRESS.value]]},
        {"$eq": [_SNOOZED, None]},
        {"$eq": [{"$eq": ["$state.approval", ApprovalStatus.WAITING.value]}, False]},
        {"$eq": [{"$in": ["$state.assistant.state", ITS_TURN]}, False]},
    ]
}
"""As `is_queued` has it."""


def _times(condition: Raw) -> Raw:
    return {"$sum": {"$cond": [condition, 1, 0]}}


def sum_of_teams(teams: Iterable[Counts]) -> Counts:
    """The wallboard: every ticket has a team, so the teams' numbers make up the whole."""
    total = dict.fromkeys(NAMES, 0)
    for counts in teams:
        for name, value in counts.items():
            if name != WAIT:
                total[name] += value
            elif value:
                total[WAIT] = min(total[WAIT] or value, value)
    return total


class Counters:
    """The collection `counters`: one document a feed room."""

    def __init__(self, store: Store) -> None:
        self._counters = store[RoomCounters]

    async def mark(self, rooms: Iterable[str]) -> None:
        """Say that the numbers of these rooms may have changed."""
        updates = [
            UpdateOne(
                {"_id": room},
                {"$inc": {"dirty": 1}, "$setOnInsert": {"token": 0, "seq": 0, "counted": 0}},
                upsert=True,
            )
            for room in rooms
        ]
        if updates:
            await self._counters.bulk_write(updates, ordered=False)

    async def marks(self) -> dict[str, tuple[int, int]]:
        """By room: how often it was marked, and at which mark it was last counted."""
        found = self._counters.find({}, {"dirty": 1, "counted": 1})
        return {each["_id"]: (each["dirty"], each["counted"]) async for each in found}

    async def keep(self, room: str, counts: Counts, token: int, counted: int) -> int | None:
        """Keep fresh numbers; their seq, or None where a newer lease's holder kept some."""
        values = [[name, value] for name, value in counts.items()]
        try:
            kept: Raw | None = await self._counters.find_one_and_update(
                {"_id": room, "token": {"$lte": token}},
                {
                    "$set": {"token": token, "values": values, "counted": counted},
                    "$inc": {"seq": 1},
                    "$setOnInsert": {"dirty": 0},
                },
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            return None
        return kept["seq"] if kept else None

    async def forget(self, room: str, until: Millis) -> None:
        """Compare a room's numbers with none of before `until`."""
        await self._counters.update_one({"_id": room}, {"$max": {"since": until}})

    async def since(self, room: str) -> Millis:
        """From when on a room's numbers can be compared with."""
        found = await self._counters.find_one({"_id": room}, {"since": 1})
        return found.get("since", 0) if found else 0

    async def counts(self, room: str) -> Counts:
        """A room's numbers as last kept."""
        found = await self._counters.find_one({"_id": room})
        return dict(found.get("values", [])) if found else {}

    async def load(self, room: str) -> list[dict[str, Any]]:
        """A room's numbers as last kept: [{name, seq, value}]."""
        found = await self._counters.find_one({"_id": room})
        if found is None:
            return []
        return [
            {"name": name, "seq": found["seq"], "value": value}
            for name, value in found.get("values", [])
        ]
