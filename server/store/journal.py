"""The log as the data path uses it: commits go in, are looked up, and have their work struck."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from enum import Enum
from typing import Any

import bson
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument
from pymongo.errors import (
    BulkWriteError,
    PyMongoError,
)

from domain.errors import Invalid
from domain.message import Millis
from server.store.batch import TickBatch
from server.store.commits import Commit, commit_id
from server.store.connect import Store
from server.store.duplicates import DUPLICATE_KEY
from server.store.models import OWED, OWED_INDEX, LogEntry

logger = logging.getLogger(__name__)

LAST_SEQ = 9_999_999_999
STRIKE_LINGER = 0.05


class Verdict(Enum):
    """What became of a commit."""

    COMMITTED = "committed"
    TAKEN = "taken"
    """Its seq or its command id is there already: load again and look."""
    UNKNOWN = "unknown"
    """The answer was lost, or is not a majority's: look before anything else."""


class Journal:
    """The collection `log`."""

    def __init__(self, store: Store) -> None:
        self._log = store[LogEntry]
        self._quick = store.quick(LogEntry)
        self._insert: TickBatch[RawBSONDocument, Verdict] = TickBatch(self._insert_batch)
        self._strike: TickBatch[tuple[str, tuple[str, ...]], None] = TickBatch(
            self._strike_batch, linger=STRIKE_LINGER
        )

    async def commit(self, commit: Commit) -> Verdict:
        """Insert a commit durably, together with those of other streams of this loop step.

        Raises Invalid for what no document can hold.
        """
        try:
            raw = bson.encode(commit.to_document())
        except (BSONError, ValueError, OverflowError):
            raise Invalid("This holds a text or number that cannot be kept.") from None
        return await self._insert(RawBSONDocument(raw))

    async def _insert_batch(self, documents: list[RawBSONDocument]) -> list[Verdict]:
        verdicts = [Verdict.COMMITTED] * len(documents)
        try:
            await self._log.insert_many(documents, ordered=False)  # pyright: ignore[reportArgumentType]
        except BulkWriteError as error:
            details: dict[str, Any] = dict(error.details)
            if details.get("writeConcernErrors"):
                verdicts = [Verdict.UNKNOWN] * len(documents)
            for refused in details.get("writeErrors", ()):
                taken = refused["code"] == DUPLICATE_KEY
                verdicts[refused["index"]] = Verdict.TAKEN if taken else Verdict.UNKNOWN
        except PyMongoError as error:
            logger.warning("the outcome of %d commits is unknown: %s", len(documents), error)
            verdicts = [Verdict.UNKNOWN] * len(documents)
        return verdicts

    async def find_command(self, stream: str, command_id: str) -> Commit | None:
        """The commit that a command led to, once a majority has it."""
        found = await self._log.find_one({"stream": stream, "command_id": command_id})
        return None if found is None else Commit.from_document(found)

    async def after(self, stream: str, seq: int, upto: int = LAST_SEQ) -> AsyncIterator[Commit]:
        """The commits of a stream with `seq` < theirs <= `upto`, in order."""
        bounds = {"$gt": commit_id(stream, seq), "$lte": commit_id(stream, upto)}
        async for document in self._log.find({"_id": bounds}).sort("_id"):
            yield Commit.from_document(document)

    async def owed(self, before: Millis, beyond: str, limit: int) -> list[Commit]:
        """Commits from before a moment that still owe work, by stream and in its order.

        Only of streams whose names sort after `beyond`: a page after the other.
        """
        query = {**OWED, "stream": {"$gt": beyond}, "at": {"$lt": before}}
        cursor = self._log.find(query).hint(OWED_INDEX)
        found = await cursor.sort([("stream", 1), ("seq", 1)]).limit(limit).to_list()
        return [Commit.from_document(document) for document in found]

    async def owed_by(self, streams: Sequence[str]) -> list[Commit]:
        """The commits of some streams that still owe work, by stream and in its order."""
        cursor = self._log.find({**OWED, "stream": {"$in": list(streams)}}).hint(OWED_INDEX)
        found = await cursor.sort([("stream", 1), ("seq", 1)]).to_list()
        return [Commit.from_document(document) for document in found]

    async def forget(self, commit: Commit, fields: Sequence[str]) -> None:
        """Empty some fields of what a commit's steps ask: of those that are done, whose words
        stand in another stream by now."""
        steps = [
            {**step, "command": {**step["command"], **dict.fromkeys(fields, "-")}}
            for step in commit.steps
        ]
        await self._log.update_one({"_id": commit.id}, {"$set": {"steps": steps}})

    async def strike(self, commit: Commit, *work: str) -> None:
        """Take done work out of what a commit owes, together with others of about this time."""
        await self._strike((commit.id, work))

    async def strike_all(self, ids: Sequence[str], work: Sequence[str]) -> None:
        """Take done work out of what commits owe, in one update."""
        await self._quick.update_many(
            {"_id": {"$in": list(ids)}}, {"$pull": {"pending": {"$in": list(work)}}}
        )

    async def _strike_batch(self, struck: list[tuple[str, tuple[str, ...]]]) -> Sequence[None]:
        alike: dict[tuple[str, ...], list[str]] = {}
        for identity, work in struck:
            alike.setdefault(work, []).append(identity)
        for work, ids in alike.items():
            await self.strike_all(ids, work)
        return [None] * len(struck)
