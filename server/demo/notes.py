"""What the demo remembers of itself, in the store: what was told already, whether traffic runs."""

from __future__ import annotations

from dataclasses import dataclass

from pymongo import ReturnDocument

from domain.message import Millis
from server.store.connect import Raw, Store
from server.store.models import Sequence

COLLECTION = "demo"
TRAFFIC = "traffic"


@dataclass(frozen=True)
class Batch:
    """Tickets that belong together: told as of `now`, numbered from `number` on.

    `played` are the keys of those that were told to their end.
    """

    key: str
    now: Millis
    number: int
    played: frozenset[str] = frozenset()
    done: bool = False


class Notes:
    """The collection `demo`; only a demo's store has it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._notes = store.database[COLLECTION]

    async def begin(self, key: str, now: Millis, tickets: int) -> Batch:
        """A batch as it was begun, whenever that was: its times and numbers stay."""
        if (there := await self.load(key)) is not None:
            return there
        drawn: Raw | None = await self._store[Sequence].find_one_and_update(
            {"_id": "ticket"},
            {"$inc": {"value": tickets}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        assert drawn is not None
        number = drawn["value"] - tickets + 1
        fields: Raw = {"kind": "batch", "now": now, "number": number, "played": [], "done": False}
        await self._notes.insert_one({"_id": key, **fields})
        return Batch(key, now, number)

    async def load(self, key: str) -> Batch | None:
        """A batch that was begun before."""
        raw = await self._notes.find_one({"_id": key})
        return None if raw is None else _batch(raw)

    async def newest(self) -> Batch | None:
        """The batch that was begun last."""
        found = await self._notes.find({"kind": "batch"}).to_list()
        return max((_batch(raw) for raw in found), key=lambda batch: batch.now, default=None)

    async def tell_played(self, batch: Batch, key: str) -> None:
        """A ticket was told to its end."""
        await self._notes.update_one({"_id": batch.key}, {"$push": {"played": key}})

    async def tell_done(self, batch: Batch) -> None:
        """Nothing of a batch is left to be told."""
        await self._notes.update_one({"_id": batch.key}, {"$set": {"done": True}})

    async def traffic_on(self) -> bool:
        """Whether simulated people shall be about; they are, until somebody stops them."""
        raw = await self._notes.find_one({"_id": TRAFFIC})
        return raw is None or raw["on"]

    async def set_traffic(self, *, on: bool) -> None:
        """Let simulated people come or go; kept over a restart."""
        await self._notes.update_one({"_id": TRAFFIC}, {"$set": {"on": on}}, upsert=True)


def _batch(raw: Raw) -> Batch:
    played = frozenset(raw["played"])
    return Batch(raw["_id"], raw["now"], raw["number"], played, raw["done"])
