"""Letters that are kept where none are sent, for the demo to show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.message import Id, Millis, Record
from server.store.connect import Raw, Store
from server.store.models import StoredLetter

KEPT_MS = 7 * 24 * 3_600_000


class KeptLetter(Record):
    """What would have been sent. `message_id` is its Message-ID, `messages` name the messages of
    the ticket that it shows."""

    id: str
    message_id: str
    to: str
    subject: str
    text: str
    html: str
    at: Millis
    ticket_id: Id | None
    contact_id: Id | None
    messages: tuple[Id, ...]
    tickets: tuple[Id, ...] = ()


class Letters:
    """The collection `letters`."""

    def __init__(self, store: Store) -> None:
        self._letters = store[StoredLetter]

    async def keep(self, letter: KeptLetter) -> None:
        """Keep a letter; a repeat takes the place of the first."""
        document = letter.model_dump(mode="json", exclude={"id"})
        await self._letters.replace_one({"_id": letter.id}, document, upsert=True)

    async def page(self, after: str | None, limit: int) -> list[KeptLetter]:
        """Letters, newest first; those behind the letter with an id."""
        where: Raw = {}
        if after is not None:
            last = await self._letters.find_one({"_id": after}, {"at": 1})
            if last is None:
                return []
            same = {"at": last["at"], "_id": {"$lt": after}}
            where = {"$or": [{"at": {"$lt": last["at"]}}, same]}
        found = (
            await self._letters.find(where).sort([("at", -1), ("_id", -1)]).limit(limit).to_list()
        )
        return [_read(each) for each in found]

    async def erase(self, where: Mapping[str, Any]) -> None:
        """Take letters away by what they are about: `_id`, ticket_id, tickets, contact_id or
        messages."""
        await self._letters.delete_many(where)

    async def tidy(self, now: Millis) -> None:
        """Take away the old ones."""
        await self._letters.delete_many({"at": {"$lt": now - KEPT_MS}})


def _read(raw: Raw) -> KeptLetter:
    return KeptLetter(**{"id" if name == "_id" else name: value for name, value in raw.items()})
