"""Taking words out of the log in place, before the event that says so is published."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pymongo import UpdateOne

from domain.catalog import load_event
from domain.message import Event, Id, Millis
from domain.ticket.events import MessageEvent
from domain.ticket.state import Message
from domain.ticket.tombstone import without_words
from server.store.commits import Commit, commit_id
from server.store.connect import Raw, Store
from server.store.erasures import Erased, ErasedKind, Erasures
from server.store.models import LogEntry

CHUNK = 200


class Tombstones:
    """Overwrites events of the log by their place, so that repeats and races do no harm.

    Each is written down as an erasure first: no copy that is restored may bring the words back.
    """

    def __init__(self, store: Store) -> None:
        self._log = store[LogEntry]
        self._erasures = Erasures(store)

    async def empty_message(self, message: Message, at: Millis) -> None:
        """Empty every event that holds words of one message, redacted at a time."""
        await self._erasures.note(
            Erased(kind=ErasedKind.MESSAGE, id=message.id, ticket_id=message.ticket_id, at=at)
        )
        stream = f"ticket:{message.ticket_id}"
        places = [commit_id(stream, seq) for seq in (message.seq, *message.edits)]
        await self._empty({"_id": {"$in": places}}, _speaks_of(message.id))

    async def empty_before(self, commit: Commit) -> None:
        """Empty every event of a ticket before the commit that deleted it."""
        ticket_id = commit.stream.partition(":")[2]
        await self._erasures.note(Erased(kind=ErasedKind.TICKET, id=ticket_id, at=commit.at))
        bounds = {"$gte": commit_id(commit.stream, 0), "$lt": commit.id}
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
