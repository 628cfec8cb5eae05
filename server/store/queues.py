"""The teams' queues as they were last looked at, and as feed rooms show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pymongo import ReplaceOne

from domain.approval.state import ApprovalStatus
from domain.message import Id, Millis
from domain.ticket.state import Status
from server.store.connect import Raw, Store
from server.store.models import StoredQueue

Numbers = dict[str, int]
QUEUED: Raw = {
    "state.private.queued_at": {"$gt": 0},
    "state.status": {"$in": [Status.OPEN.value, Status.IN_PROGRESS.value]},
    "state.private.snoozed_until": None,
    "state.approval": {"$ne": ApprovalStatus.WAITING.value},
}
"""As `is_queued` has it: what waits for something else hides nothing that waits for an owner."""
NAMES = ("waiting", "offered", "oldest_at", "wait_ms")


@dataclass(frozen=True)
class Waiter:
    """A ticket in a queue: 1 is the next. `wait_ms` is how long it still waits, 0: unknown."""

    ticket_id: Id
    requester_id: Id
    position: int
    wait_ms: Millis


@dataclass(frozen=True)
class Queue:
    """One team's. `numbers`: how many wait and are offered, since when the oldest does, and how
    long who comes now is likely to wait, 0 where nobody knows."""

    team_id: Id
    seq: int = 0
    waiting: tuple[Waiter, ...] = ()
    numbers: Numbers = field(default_factory=dict[str, int])
    taken: tuple[Millis, ...] = ()


class Queues:
    """The collection `queues`: it can be derived again, so its writes are quick ones."""

    def __init__(self, store: Store) -> None:
        self._kept = store.quick(StoredQueue)

    async def all(self) -> dict[Id, Queue]:
        """Every queue that was ever looked at, by team."""
        return {raw["_id"]: _queue(raw) async for raw in self._kept.find({})}

    async def of(self, team_id: Id) -> Queue:
        """One team's."""
        raw = await self._kept.find_one({"_id": team_id})
        return _queue(raw) if raw else Queue(team_id)

    async def of_requesters(self, contact_ids: Iterable[Id]) -> list[tuple[Queue, Waiter]]:
        """The tickets of some contacts that wait somewhere."""
        ids = set(contact_ids)
        found = self._kept.find({"waiting.requester_id": {"$in": list(ids)}})
        queues = [_queue(raw) async for raw in found]
        return [
            (queue, each) for queue in queues for each in queue.waiting if each.requester_id in ids
        ]

    async def keep(self, changed: Iterable[Queue], gone: Iterable[Id]) -> None:
        """Write what changed, and forget the queues of teams that are no more."""
        writes = [ReplaceOne({"_id": each.team_id}, _raw(each), upsert=True) for each in changed]
        if writes:
            await self._kept.bulk_write(writes, ordered=False)
        if ids := list(gone):
            await self._kept.delete_many({"_id": {"$in": ids}})

    async def counters(self, team_id: Id | None = None) -> list[dict[str, Any]]:
        """[{name, seq, value}] as a team's room shows its queue; the wallboard all of them."""
        queues = (await self.all()).values() if team_id is None else [await self.of(team_id)]
        return [
            {"name": name, "seq": queue.seq, "value": value}
            for queue in queues
            for name, value in numbers_of(queue).items()
        ]

    async def places(self, contact_ids: Iterable[Id]) -> list[dict[str, Any]]:
        """[{name, seq, value}] as a client's room shows where their tickets stand."""
        return [
            {"name": name, "seq": queue.seq, "value": value}
            for queue, each in await self.of_requesters(contact_ids)
            for name, value in place_of(each).items()
        ]


def numbers_of(queue: Queue) -> Numbers:
    """A queue's counters, by the names that feed rooms have for them."""
    return {f"queue.{queue.team_id}.{name}": queue.numbers.get(name, 0) for name in NAMES}


def place_of(waiter: Waiter) -> Numbers:
    """A ticket's place, by the names that its client's room has for it."""
    return {
        f"queue.position.{waiter.ticket_id}": waiter.position,
        f"queue.wait_ms.{waiter.ticket_id}": waiter.wait_ms,
    }


def _queue(raw: Raw) -> Queue:
    return Queue(
        team_id=raw["_id"],
        seq=raw["seq"],
        waiting=tuple(Waiter(**each) for each in raw["waiting"]),
        numbers=raw["numbers"],
        taken=tuple(raw["taken"]),
    )


def _raw(queue: Queue) -> Raw:
    return {
        "seq": queue.seq,
        "waiting": [dict(vars(each)) for each in queue.waiting],
        "numbers": queue.numbers,
        "taken": list(queue.taken),
    }
