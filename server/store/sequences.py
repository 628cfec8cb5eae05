"""Numbers that only go up."""

from __future__ import annotations

from pymongo import ReturnDocument

from server.store.connect import Raw, Store
from server.store.models import Sequence


async def next_number(store: Store, name: str) -> int:
    """The next of a sequence, from 1 on; who draws one and does not use it leaves a gap."""
    drawn: Raw = await store[Sequence].find_one_and_update(
        {"_id": name},
        {"$inc": {"value": 1}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )  # pyright: ignore[reportAssignmentType] - it is there after an upsert
    return drawn["value"]
