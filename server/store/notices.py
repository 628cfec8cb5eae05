"""Notices as they are kept: told once, read, and taken away with what they are about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo.errors import BulkWriteError

from domain.message import Id, Millis
from domain.notification.state import Notice
from server.store.connect import Raw, Store
from server.store.duplicates import taken_places
from server.store.models import Sequence as StoredSequence
from server.store.models import StoredNotice
from server.store.sequences import next_number

KEPT_MS = 90 * 24 * 3_600_000
READ_KEPT_MS = 30 * 24 * 3_600_000
SHOWN = 50
"""The most notices of a room's snapshot: the newest."""
UNREAD = "notices.unread"
"""The counter of a person's own room."""


@dataclass(frozen=True)
class Kept:
    """A notice as it is kept. `shown` says whether it stands in its recipient's list; `version`
    rises with each change."""

    notice: Notice
    shown: bool
    read_at: Millis | None
    version: int

    @property
    def entry(self) -> dict[str, Any]:
        """{id, seq, notice} as a feed room shows it."""
        told = self.notice.model_dump(mode="json", include=_TOLD)
        return {
            "id": self.notice.id,
            "seq": self.version,
            "notice": {**told, "read_at": self.read_at},
        }


_TOLD = {"kind", "at", "actor", "ticket_id", "number", "message_id", "detail"}


class Notices:
    """The collection `notifications`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._notices = store[StoredNotice]

    async def post(self, notices: Iterable[tuple[Notice, bool]]) -> None:
        """Keep notices, each with whether it is shown; those that were kept stay as they are."""
        documents = [_document(notice, shown) for notice, shown in notices]
        if not documents:
            return
        try:
            await self._notices.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            taken_places(error)

    async def load(self, ids: Collection[str]) -> list[Kept]:
        """Those of the notices that are there, the oldest first."""
        cursor = self._notices.find({"_id": {"$in": list(ids)}}).sort([("at", 1), ("_id", 1)])
        return [_kept(raw) async for raw in cursor]

    async def page(
        self, recipients: Sequence[Id], after: str | None, limit: int, *, unread: bool = False
    ) -> list[Kept]:
        """What somebody is shown under any of their ids, newest first; behind one of them."""
        where = _of(recipients) | ({"read_at": None} if unread else {})
        if after is not None:
            last = await self._notices.find_one({"_id": after, **_of(recipients)}, {"at": 1})
            if last is None:
                return []
            same = {"at": last["at"], "_id": {"$lt": after}}
            where["$or"] = [{"at": {"$lt": last["at"]}}, same]
        cursor = self._notices.find(where).sort([("at", -1), ("_id", -1)]).limit(limit)
        return [_kept(raw) for raw in await cursor.to_list()]

    async def unread(self, recipients: Sequence[Id]) -> int:
        """How many somebody has not read."""
        return await self._notices.count_documents({**_of(recipients), "read_at": None})

    async def read(
        self, recipients: Sequence[Id] | None, where: Mapping[str, Any], now: Millis
    ) -> list[Kept]:
        """Mark what somebody, or with None anybody, has not read of some; what was marked, as it
        is then."""
        whose = {} if recipients is None else _of(recipients)
        unread = {**whose, "read_at": None, **where}
        ids = [raw["_id"] async for raw in self._notices.find(unread, {"_id": 1})]
        if not ids:
            return []
        await self._notices.update_many(
            {"_id": {"$in": ids}, "read_at": None},
            {"$set": {"read_at": now}, "$inc": {"version": 1}},
        )
        return await self.load(ids)

    async def hide(self, where: Mapping[str, Any]) -> list[Kept]:
        """Show some to nobody any more, by what they are about; as they were."""
        found = [_kept(raw) async for raw in self._notices.find(where)]
        ids = [each.notice.id for each in found]
        await self._notices.update_many({"_id": {"$in": ids}}, {"$set": {"shown": False}})
        return found

    async def delete(self, ids: Collection[str]) -> None:
        await self._notices.delete_many({"_id": {"$in": list(ids)}})

    async def counter(self, recipients: Sequence[Id], *, draw: bool) -> dict[str, Any]:
        """{name, seq, value} of the unread ones.

        The seq is taken before they are counted: so the highest seq has counted all that was
        changed before any lower one was taken. `draw` takes a new one, for who changed something.
        """
        name = f"{UNREAD}:{recipients[0]}"
        if draw:
            seq = await next_number(self._store, name)
        else:
            drawn = await self._store[StoredSequence].find_one({"_id": name})
            seq = drawn["value"] if drawn else 0
        return {"name": UNREAD, "seq": seq, "value": await self.unread(recipients)}

    async def tidy(self, now: Millis) -> None:
        """Forget the old ones, those that were read sooner."""
        await self._notices.delete_many({"at": {"$lt": now - KEPT_MS}})
        read = {"at": {"$lt": now - READ_KEPT_MS}, "read_at": {"$lt": now}}
        await self._notices.delete_many(read)


def _of(recipients: Sequence[Id]) -> Raw:
    who: Any = recipients[0] if len(recipients) == 1 else {"$in": list(recipients)}
    return {"recipient": who, "shown": True}


def _document(notice: Notice, shown: bool) -> Raw:
    fields = notice.model_dump(mode="json", exclude={"id"})
    return {"_id": notice.id, **fields, "shown": shown, "read_at": None, "version": 1}


def _kept(raw: Raw) -> Kept:
    fields = {name: raw[name] for name in Notice.model_fields if name in raw}
    return Kept(
        notice=Notice.model_validate({**fields, "id": raw["_id"]}),
        shown=raw["shown"],
        read_at=raw["read_at"],
        version=raw["version"],
    )
