"""Who of the staff is there, as feed rooms are told it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from pymongo import ReplaceOne, UpdateOne

from domain.message import Id, Millis
from server.store.connect import Raw, Store
from server.store.models import StoredAttendance

REACHABLE = "reachable"
_TOLD_ELSE = {"reason": "available", "until": None, "note": "", "plan": 0}
"""Told where it is not this: a change goes to a thousand watchers."""
_KEPT = ("state", "load", "capacity", "since", "on_shift", "shift_until", *_TOLD_ELSE)


@dataclass(frozen=True)
class Attending:
    """One person's state, the rooms that show it, and those that were not told of it yet. Who works
    here no more is shown by none."""

    agent_id: Id
    rooms: tuple[str, ...]
    state: str
    load: int
    capacity: int
    since: Millis
    seq: int
    on_shift: bool = True
    shift_until: Millis | None = None
    reason: str = "available"
    until: Millis | None = None
    note: str = ""
    plan: int = 0
    owed: tuple[str, ...] = ()

    @property
    def entry(self) -> dict[str, Any]:
        """{agent_id, seq, agent} as a feed room shows it."""
        told = {
            name: value
            for name in _KEPT
            if (value := getattr(self, name)) != _TOLD_ELSE.get(name, ...)
        }
        return {"agent_id": self.agent_id, "seq": self.seq, "agent": told}


class Nearness(NamedTuple):
    """Whether somebody is there, and if not, whether push reaches them."""

    connected: bool
    reachable: bool


def nearness_of(state: str) -> Nearness:
    """What a state as it is shown says of it."""
    return Nearness(connected=state not in ("offline", REACHABLE), reachable=state == REACHABLE)


async def find_nearness(store: Store, agent_id: Id) -> Nearness:
    """How near somebody was when everybody was last looked at."""
    kept = await store[StoredAttendance].find_one({"_id": agent_id}, {"state": 1})
    return nearness_of(kept["state"] if kept else "offline")


class AttendanceBook:
    """The collection `attendance`: it can be derived again, so its writes are quick ones."""

    def __init__(self, store: Store) -> None:
        self._kept = store.quick(StoredAttendance)

    async def all(self) -> dict[Id, Attending]:
        """Everybody who was ever told of, by id."""
        return {each["_id"]: _attending(each) async for each in self._kept.find({})}

    async def of(self, room: str) -> list[dict[str, Any]]:
        """What a room shows: [{agent_id, seq, agent}]."""
        return [_attending(each).entry async for each in self._kept.find({"rooms": room})]

    async def keep(self, changed: Iterable[Attending]) -> None:
        """Write what changed, and what of it is owed to rooms."""
        writes = [ReplaceOne({"_id": each.agent_id}, _raw(each), upsert=True) for each in changed]
        if writes:
            await self._kept.bulk_write(writes, ordered=False)

    async def told(self, owing: Iterable[Attending]) -> None:
        """The rooms know, unless there is something newer; who is shown by none is forgotten."""
        writes = [
            UpdateOne({"_id": each.agent_id, "seq": each.seq}, {"$set": {"owed": []}})
            for each in owing
        ]
        await self._kept.bulk_write(writes, ordered=False)
        await self._kept.delete_many({"rooms": [], "owed": []})


def _attending(raw: Raw) -> Attending:
    told = {name: raw[name] for name in _KEPT if name in raw}  # An older release knew fewer.
    return Attending(
        agent_id=raw["_id"],
        rooms=tuple(raw["rooms"]),
        seq=raw["seq"],
        owed=tuple(raw.get("owed", ())),
        **told,
    )


def _raw(each: Attending) -> Raw:
    return {
        "rooms": list(each.rooms),
        "owed": list(each.owed),
        "seq": each.seq,
        **{name: getattr(each, name) for name in _KEPT},
    }
