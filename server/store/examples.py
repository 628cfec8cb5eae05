"""What staff said of tickets, as examples for the next guesses. By ids: the words stay where they
are, so that what is redacted or deleted is in no example."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from domain.message import Id, Millis
from domain.ports import Clock
from server.store.connect import Raw, Store
from server.store.models import StoredExample

GONE_KEPT: Millis = 24 * 3_600_000
"""So long is remembered that one is gone: longer than a worker takes to hear of it."""


class Labels(NamedTuple):
    """What staff set; None and empty where they left it to others."""

    category: Id | None = None
    priority: str | None = None
    skills: Sequence[Id] = ()


class ExampleOf(NamedTuple):
    """An example; without labels it is gone."""

    ticket_id: Id
    message_id: Id | None
    labels: Labels | None
    at: Millis


class Examples:
    """The collection `triage_examples`."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._examples = store[StoredExample]
        self._clock = clock

    async def keep(self, ticket_id: Id, message_id: Id, labels: Labels) -> None:
        said: Raw = {
            "message_id": message_id,
            "category": labels.category,
            "priority": labels.priority,
            "skills": list(labels.skills),
        }
        await self._put(ticket_id, said)

    async def forget(self, ticket_id: Id) -> None:
        """Take one away, so that every worker hears of it: its words may be in their memories."""
        gone: Raw = {"message_id": None, "category": None, "priority": None, "skills": []}
        await self._put(ticket_id, gone)

    async def since(self, at: Millis, limit: int) -> list[ExampleOf]:
        """The newest of those that were kept or taken away since a moment."""
        found = self._examples.find({"at": {"$gte": at}}).sort("at", -1).limit(limit)
        return [_read(raw) async for raw in found]

    async def tidy(self, now: Millis) -> None:
        """Forget that something is gone."""
        await self._examples.delete_many({"message_id": None, "at": {"$lt": now - GONE_KEPT}})

    async def _put(self, ticket_id: Id, said: Raw) -> None:
        document = {**said, "at": self._clock.now()}
        await self._examples.replace_one({"_id": ticket_id}, document, upsert=True)


def _read(raw: Raw) -> ExampleOf:
    gone = raw["message_id"] is None
    labels = Labels(raw["category"], raw["priority"], tuple(raw["skills"]))
    return ExampleOf(raw["_id"], raw["message_id"], None if gone else labels, raw["at"])
