"""After contacts became one, the survivor's list shows the tickets of all of them at once."""

from __future__ import annotations

from collections.abc import Sequence

from server.jobs.reactors.rows import Rows
from server.store.connect import Store
from server.store.contacts import survivor_of
from server.store.effects import DONE, Effect, Outcome, dropped
from server.store.models import TicketHeader

AT_ONCE = 200


class MergedRows:
    """Writes rows anew: whom an absorbed contact's tickets are for stands in no ticket."""

    def __init__(self, store: Store, rows: Rows) -> None:
        self._store = store
        self._rows = rows

    async def write(self, effects: Sequence[Effect]) -> Outcome:
        """Safe to repeat, and to do once for several; a `Perform`."""
        there = False
        for contact_id in {effect.about["contact_id"] for effect in effects}:
            survivor = await survivor_of(self._store, contact_id)
            if survivor is not None:
                there = True
                await self._write_all(survivor.aliases)
        return DONE if there else dropped("the contact is not there any more")

    async def _write_all(self, contact_ids: Sequence[str]) -> None:
        where = {"state.requester_id": {"$in": list(contact_ids)}, "listed": True}
        cursor = self._store[TicketHeader].find(where, {"_id": 1})
        streams = [f"ticket:{raw['_id']}" async for raw in cursor]
        for start in range(0, len(streams), AT_ONCE):
            await self._rows.write_anew(streams[start : start + AT_ONCE])
