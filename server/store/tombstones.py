"""Taking words out of the log in place, before the event that says so is published."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pymongo import UpdateOne

from domain.catalog import load_event
from domain.message import Event, Id
from domain.ticket.events import MessageEvent
from domain.ticket.state import Message
from domain.ticket.tombstone import without_words
from server.store.commits import commit_id
from server.store.connect import Raw, Store
from server.store.models import LogEntry

CHUNK = 200


class Tombstones:
    """Overwrites events of the log by their place, so that repeats and races do no harm."""

    def __init__(self, store: Store) -> None:
        self._log = store[LogEntry]

    async def empty_message(self, message: Message) -> None:
        """Empty every event that holds words of one message."""
        stream = f"ticket:{message.ticket_id}"
        places = [commit_id(stream, seq) for seq in (message.seq, *message.edits)]
        await self._empty({"_id": {"$in": places}}, _speaks_of(message.id))

    async def empty_before(self, stream: str, seq: int) -> None:
        """Empty every event of a stream before a commit."""
        bounds = {"$gte": commit_id(stream, 0), "$lt": commit_id(stream, seq)}
        await self._empty({"_id": bounds}, lambda _event: True)

    async def _empty(self, places: Raw, about: Callable[[Event], bool]) -> None:
        updates: list[UpdateOne] = []
        async for document in self._log.find(places, {"events": 1}):
            if changed := _emptied(document["events"], about):
                updates.append(UpdateOne({"_id": document["_id"]}, {"$set": changed}))
        for chunk in _chunks(updates):
            await self._log.bulk_write(chunk, ordered=False)


def _speaks_of(message_id: Id) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, MessageEvent) and event.message_id == message_id


def _emptied(events: list[Raw], about: Callable[[Event], bool]) -> dict[str, Any]:
    """What to set where: `events.<place>`."""
    changed: dict[str, Any] = {}
    for place, raw in enumerate(events):
        event = load_event(raw)
        if about(event):
            after = without_words(event).model_dump(mode="json")
            if after != raw:  # Words may also stand in fields of older and newer releases.
                changed[f"events.{place}"] = after
    return changed


def _chunks(updates: list[UpdateOne]) -> Iterable[list[UpdateOne]]:
    return (updates[start : start + CHUNK] for start in range(0, len(updates), CHUNK))
