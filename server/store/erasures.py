"""What was erased for good, by ids only: so that a restore of an older copy erases it again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from enum import StrEnum

from domain.message import Id, Millis, Record
from server.store.connect import Raw, Store
from server.store.models import StoredErasure


class ErasedKind(StrEnum):
    """What can be erased."""

    MESSAGE = "message"
    TICKET = "ticket"
    USER = "user"
    CONTACT = "contact"


class Erased(Record):
    """One erasure; `ticket_id` is the ticket of a message. It holds no text and no address."""

    kind: ErasedKind
    id: Id
    ticket_id: Id | None = None
    at: Millis


class Erasures:
    """The collection `erasures`; what stands in it once stays."""

    def __init__(self, store: Store) -> None:
        self._erasures = store[StoredErasure]

    async def note(self, erased: Erased) -> None:
        """Write an erasure down, durably; a repeat changes nothing."""
        what: Raw = erased.model_dump(mode="json")
        await self._erasures.update_one(
            {"_id": f"{erased.kind.value}:{erased.id}"},
            {"$setOnInsert": {"what": what}},
            upsert=True,
        )

    async def all(self) -> AsyncIterator[Erased]:
        """Every erasure, in the order of kinds and ids."""
        async for found in self._erasures.find({}, sort=[("_id", 1)]):
            yield Erased.model_validate(found["what"])
