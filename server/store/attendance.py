"""Who of the staff is there, as feed rooms are told it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pymongo import ReplaceOne

from domain.message import Id, Millis
from server.store.connect import Raw, Store
from server.store.models import StoredAttendance

_TOLD = ("state", "load", "capacity", "since", "on_shift", "shift_until")


@dataclass(frozen=True)
class Attending:
    """One person's state, and the rooms that were told it."""

    agent_id: Id
    rooms: tuple[str, ...]
    state: str
    load: int
    capacity: int
    since: Millis
    seq: int
    on_shift: bool = True
    shift_until: Millis | None = None

    @property
    def entry(self) -> dict[str, Any]:
        """{agent_id, seq, agent} as a feed room shows it."""
        told = {name: getattr(self, name) for name in _TOLD}
        return {"agent_id": self.agent_id, "seq": self.seq, "agent": told}


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

    async def keep(self, changed: Iterable[Attending], gone: Iterable[Id]) -> None:
        """Write what changed, and forget who is gone."""
        writes = [ReplaceOne({"_id": each.agent_id}, _raw(each), upsert=True) for each in changed]
        if writes:
            await self._kept.bulk_write(writes, ordered=False)
        if ids := list(gone):
            await self._kept.delete_many({"_id": {"$in": ids}})


def _attending(raw: Raw) -> Attending:
    told = {name: raw[name] for name in _TOLD if name in raw}  # An older release knew fewer.
    return Attending(agent_id=raw["_id"], rooms=tuple(raw["rooms"]), seq=raw["seq"], **told)


def _raw(each: Attending) -> Raw:
    return {
        "rooms": list(each.rooms),
        "seq": each.seq,
        **{name: getattr(each, name) for name in _TOLD},
    }
