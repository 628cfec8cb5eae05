"""How far each person got in each ticket: one document a pair, moving up only."""

from __future__ import annotations

from collections.abc import Sequence

from pymongo import UpdateOne

from domain.ports import Marker
from server.store.connect import Store
from server.store.models import StoredMarker
from server.store.reach import retryable_when_away


class StoreMarkers:
    """The collection `markers`; beside the log, and not as dear as it."""

    def __init__(self, store: Store) -> None:
        self._markers = store[StoredMarker]
        self._quick = store.quick(StoredMarker)

    @retryable_when_away
    async def advance(self, markers: Sequence[Marker]) -> None:
        """Store the higher of what is there and what is given."""
        if not markers:
            return
        updates = [
            UpdateOne(
                {"_id": f"{each.ticket_id}:{each.person}"},
                {
                    "$max": {"delivered": each.delivered, "read": each.read},
                    "$setOnInsert": {
                        "ticket_id": each.ticket_id,
                        "person": each.person,
                        "kind": each.kind,
                    },
                },
                upsert=True,
            )
            for each in markers
        ]
        await self._quick.bulk_write(updates, ordered=False)

    @retryable_when_away
    async def of(self, ticket_ids: Sequence[str]) -> list[Marker]:
        """Everybody's markers in these tickets, in the seqs of the whole log."""
        found = self._markers.find({"ticket_id": {"$in": list(ticket_ids)}}).sort("_id")
        return [
            Marker(
                ticket_id=each["ticket_id"],
                person=each["person"],
                kind=each["kind"],
                delivered=each["delivered"],
                read=each["read"],
            )
            async for each in found
        ]
