"""Open tickets that seem to be about the same: of the same requester, or new in the same inbox."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from ai.retrieval.chunks import digest
from ai.retrieval.loading import Embeddings
from ai.retrieval.vectors import Vector
from ai.triage.texts import TicketText, terms_of
from domain.message import Millis
from domain.ticket.state import Status, Ticket
from domain.triage.state import Duplicate
from server.store.connect import Raw, Store
from server.store.messages import Messages
from server.store.models import TicketHeader

MOST, OF_REQUESTER, OF_INBOX = 3, 5, 15
LATELY: Millis = 14 * 24 * 3_600_000
ALIKE, ALIKE_OF_OTHERS = 0.6, 0.8
"""How like texts must be: one person rarely writes of two things in the same words. Set by
judgement; no set of labelled duplicates measures it."""
KEPT = 500
_ACTIVE = [each.value for each in Status if each.active]


class Duplicates:
    """Remembers the vectors of texts that it compared lately, by their digests."""

    def __init__(self, store: Store, messages: Messages, embeddings: Embeddings) -> None:
        self._headers = store[TicketHeader]
        self._messages = messages
        self._embeddings = embeddings
        self._vectors: dict[bytes, Vector] = {}

    async def of(self, ticket: Ticket, text: TicketText, vector: Vector | None) -> list[Duplicate]:
        """The most alike first."""
        lately = {
            "state.status": {"$in": _ACTIVE},
            "state.opened_at": {"$gte": ticket.opened_at - LATELY},
            "state.deleted": False,
        }
        others = {
            raw["state"]["id"]: raw["state"]
            for which, most in (
                ({"state.inbox_id": ticket.inbox_id}, OF_INBOX),
                ({"state.requester_id": ticket.requester_id}, OF_REQUESTER),
            )
            for raw in await self._find({**which, **lately}, most)
        }
        others.pop(ticket.id, None)
        found: list[Duplicate] = []
        said = await self._messages.load_many(
            each["description_id"] for each in others.values() if each["description_id"]
        )
        for identity, state in others.items():
            message = said.get(state["description_id"])
            if message is None or message.redacted_at is not None:
                continue
            likeness = await self._likeness(
                text, vector, TicketText(state["title"], message.body, None)
            )
            same = state["requester_id"] == ticket.requester_id
            if likeness >= (ALIKE if same else ALIKE_OF_OTHERS):
                found.append(
                    Duplicate(
                        ticket_id=identity, number=state["number"], likeness=round(likeness, 2)
                    )
                )
        return sorted(found, key=lambda each: -each.likeness)[:MOST]

    async def _find(self, where: Raw, most: int) -> Sequence[Raw]:
        names = ("id", "title", "number", "requester_id", "description_id")
        fields = {f"state.{name}": 1 for name in names}
        return await self._headers.find(where, fields).sort("state.opened_at", -1).to_list(most)

    async def _likeness(self, text: TicketText, vector: Vector | None, other: TicketText) -> float:
        theirs = None if vector is None else await self._vector(other.whole)
        if vector is None or theirs is None:
            return _likeness_of_words(text, other)
        return min(1.0, max(0.0, float(vector @ theirs)))

    async def _vector(self, text: str) -> Vector | None:
        key = digest(text)
        if key not in self._vectors:
            made = await self._embeddings.embed([text], urgent=False)
            if made is None:
                return None
            self._vectors[key] = made[0]
            for oldest in list(self._vectors)[:-KEPT]:
                del self._vectors[oldest]
        return self._vectors[key]


def _likeness_of_words(text: TicketText, other: TicketText) -> float:
    mine, theirs = (Counter(terms_of(each.whole, each.language)) for each in (text, other))
    common = sum((mine & theirs).values())
    return common / math.sqrt(max(1, sum(mine.values())) * max(1, sum(theirs.values())))
