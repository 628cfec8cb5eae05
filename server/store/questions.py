"""What nobody could answer, as it is kept: of searches their words, of tickets only ids."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from pymongo import DESCENDING

from domain.access import Actor
from domain.assistant.state import HandOver
from domain.message import Id, Millis, Record
from server.store.connect import Raw, Store
from server.store.models import (
    ENGAGED,
    ENGAGED_INDEX,
    StoredMessage,
    StoredQuestion,
    TicketHeader,
)
from server.store.reach import retryable_when_away
from server.store.tickets import reach_of

KEPT_MS: Millis = 90 * 24 * 3_600_000
MOST = 500
"""So many questions are compared with each other, the newest."""
UNANSWERED = (HandOver.NOTHING_FOUND, HandOver.UNSURE, HandOver.NOT_HELPFUL)
_SHOWN = {"state.number": 1, "state.title": 1, "state.description_id": 1}
BLANK: Raw = {"vector": None, "model": ""}
"""No model has read it yet."""


class AskedIn(Record):
    """A question in a ticket: what was said, and in which."""

    ticket_id: Id
    number: int
    title: str
    body: str
    message_id: Id
    first: bool
    """Whether the ticket began with it: then the title belongs to it."""

    @property
    def text(self) -> str:
        whole = self.title in self.body or not self.first
        return self.body if whole else f"{self.title} {self.body}"

    @property
    def short(self) -> str:
        """The title of a ticket is its first question in short."""
        return self.title if self.first else self.body


@retryable_when_away
async def note_search(store: Store, text: str, language: str, at: Millis) -> None:
    """What somebody looked for in vain; nobody knows who it was, and in 30 days not what."""
    row = {"source": "search", "text": text, "language": language, "at": at, "away": False}
    filed = {"filed": datetime.now(UTC), "ticket_id": None, "message_id": None}
    await store[StoredQuestion].insert_one({"_id": f"search:{uuid4()}", **row, **filed, **BLANK})


async def unanswered_tickets(store: Store, since: Millis) -> list[Raw]:
    """The headers that the assistant left to people for want of an answer."""
    where = {**ENGAGED, "state.assistant.at": {"$gte": since}, "listed": True}
    fields = {"state.assistant": 1, "state.private.briefing.asked": 1}
    found = store[TicketHeader].find(where, fields).hint(ENGAGED_INDEX)
    return [each async for each in found if each["state"]["assistant"]["reason"] in UNANSWERED]


async def note_ticket(store: Store, row: Raw) -> None:
    """The question of a ticket; one that is there stays as it is."""
    identity = {"_id": f"ticket:{row['ticket_id']}"}
    fresh = {"source": "ticket", "text": "", "away": False, "filed": None, **BLANK, **row}
    await store[StoredQuestion].update_one(identity, {"$setOnInsert": fresh}, upsert=True)


@retryable_when_away
async def newest_questions(store: Store, now: Millis) -> list[Raw]:
    since = {"at": {"$gte": now - KEPT_MS}}
    return await store[StoredQuestion].find(since).sort([("at", DESCENDING)]).limit(MOST).to_list()


async def unread_questions(store: Store, model: str, limit: int) -> list[Raw]:
    """Those that a model has not read."""
    return await store[StoredQuestion].find({"model": {"$ne": model}}).limit(limit).to_list()


async def keep_meaning(store: Store, identity: str, model: str, vector: bytes | None) -> None:
    """`vector` is None for what the model cannot read: it is not asked again."""
    meaning = {"model": model, "vector": vector}
    await store[StoredQuestion].update_one({"_id": identity}, {"$set": meaning})


@retryable_when_away
async def asked_in(
    store: Store, rows: Sequence[Raw], actor: Actor | None = None
) -> dict[Id, AskedIn]:
    """By ticket what was asked in it, as far as it still stands there and `actor` may read it."""
    named = [row["ticket_id"] for row in rows if row["ticket_id"]]
    if not named:
        return {}
    where: Raw = {"_id": {"$in": named}, "listed": True}
    if actor is not None:
        where = {"$and": [where, reach_of(actor)]}
    headers = store[TicketHeader].find(where, _SHOWN)
    tickets = {each["_id"]: each["state"] async for each in headers}
    wanted = [row["message_id"] for row in rows if row["ticket_id"] in tickets]
    found = store[StoredMessage].find({"_id": {"$in": wanted}, "redacted_at": None})
    return {
        each["ticket_id"]: AskedIn(
            ticket_id=each["ticket_id"],
            number=tickets[each["ticket_id"]]["number"],
            title=tickets[each["ticket_id"]]["title"],
            body=each["body"],
            message_id=each["_id"],
            first=each["_id"] == tickets[each["ticket_id"]].get("description_id"),
        )
        async for each in found
    }


@retryable_when_away
async def put_away(store: Store, ids: Collection[str], *, away: bool) -> None:
    """Whether questions are for us to answer."""
    chosen = {"_id": {"$in": list(ids)}}
    await store[StoredQuestion].update_many(chosen, {"$set": {"away": away}})


async def erase_questions(store: Store, where: Mapping[str, Any]) -> None:
    """What was asked in a message or a ticket that must be forgotten."""
    await store[StoredQuestion].delete_many(dict(where))
