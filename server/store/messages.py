"""The messages of tickets: documents of their own, so that a header stays small."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pymongo.errors import BulkWriteError
from pymongo.read_concern import ReadConcern

from domain.message import Audience, Id
from domain.ticket.state import Message, Visibility
from server.store.batch import TickBatch
from server.store.connect import Raw, Store
from server.store.duplicates import taken_places
from server.store.models import StoredMessage

SHOWN = 50
"""How many messages a snapshot holds, and a page of older ones at most."""

_NEWER: Raw = {"whisper": False, "sources": [], "level": None, "helpful": None}
"""What messages of earlier releases do not have."""


class Messages:
    """The collection `messages`."""

    def __init__(self, store: Store) -> None:
        # A derived document is as sure as the commit behind it: no majority need be waited for.
        self._messages = store[StoredMessage].with_options(read_concern=ReadConcern("local"))
        self._quick = store.quick(StoredMessage)
        self._post: TickBatch[Message, None] = TickBatch(self._post_batch)

    async def post(self, message: Message) -> None:
        """Keep a new message; one that is there already may be newer, and stays."""
        await self._post(message)

    async def change(self, message: Message, seq: int) -> None:
        """Keep a message as the commit `seq` left it, unless a later one changed it already.

        Of an emptied one nothing else stays, not even what only a newer release knows.
        """
        before, after = {"_id": message.id, "touched": {"$lt": seq}}, _document(message, seq)
        if message.redacted_at is None:
            await self._messages.update_one(before, {"$set": after})
        else:
            await self._messages.replace_one(before, after)

    async def load(self, message_id: Id) -> Message | None:
        """One message as it was last kept."""
        found = await self._messages.find_one({"_id": message_id})
        return None if found is None else _read(found)

    async def load_many(self, message_ids: Iterable[Id]) -> dict[Id, Message]:
        """Those of these messages that there are, by id."""
        found = self._messages.find({"_id": {"$in": list(message_ids)}})
        return {document["_id"]: _read(document) async for document in found}

    async def of_ticket(self, ticket_id: Id) -> list[Message]:
        """Every message of a ticket."""
        found = self._messages.find({"ticket_id": ticket_id})
        return [_read(document) async for document in found]

    async def page(
        self, ticket_id: Id, audience: Audience, upto: int, limit: int = SHOWN
    ) -> tuple[list[dict[str, Any]], bool]:
        """The last messages with seq <= `upto`, oldest first, as they go over every wire.

        Also whether there are earlier ones.
        """
        query: Raw = {"ticket_id": ticket_id, "seq": {"$lte": upto}}
        if audience is Audience.PUBLIC:
            query["visibility"] = Visibility.PUBLIC.value
        cursor = self._messages.find(query).sort("seq", -1)
        found = await cursor.limit(limit + 1).to_list()
        return [shown(document) for document in reversed(found[:limit])], len(found) > limit

    async def _post_batch(self, messages: list[Message]) -> Sequence[None]:
        documents = [{"_id": each.id, **_document(each, each.seq)} for each in messages]
        try:
            await self._quick.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            taken_places(error)
        return [None] * len(messages)


def shown(document: Raw) -> dict[str, Any]:
    """A message document in the shape of the domain's `Message`."""
    message = {name: value for name, value in document.items() if name not in ("_id", "touched")}
    return {"id": document["_id"], **_NEWER, **message}


def _read(document: Raw) -> Message:
    """A message with the fields that this release knows."""
    return Message.model_validate(shown(document), extra="ignore")


def _document(message: Message, touched: int) -> Raw:
    return {**message.model_dump(mode="json", exclude={"id"}), "touched": touched}
