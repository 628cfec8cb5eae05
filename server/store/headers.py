"""The stored headers of streams: read with what is newer in the log folded on, and moved on."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from domain.errors import Retryable
from server.store.aggregates import Standing, aggregate_of, begin
from server.store.batch import TickBatch
from server.store.commits import Commit
from server.store.connect import Store
from server.store.duplicates import taken_places
from server.store.journal import Journal
from server.store.models import StreamHeader

logger = logging.getLogger(__name__)


class Headers:
    """The collections `tickets` and `agents`."""

    def __init__(self, store: Store, journal: Journal) -> None:
        self._store = store
        self._journal = journal
        self._moves: dict[type[StreamHeader], TickBatch[Standing, bool]] = {}

    async def stored(self, stream: str) -> Standing:
        """The header as it was last kept; the beginning where it is of another shape or absent."""
        aggregate = aggregate_of(stream)
        identity = stream.partition(":")[2]
        found = await self._store[aggregate.model].find_one({"_id": identity})
        if found is None or found["version"] != aggregate.version:
            return begin(stream)
        return Standing(stream, aggregate.load(found["state"]), found["at"])

    async def load(self, stream: str) -> Standing:
        """A stream's present standing; raises Retryable at an event of a newer release."""
        standing, _ = await self.load_with_tail(stream)
        return standing

    async def load_with_tail(self, stream: str) -> tuple[Standing, list[Commit]]:
        """The present standing, and the commits that its stored header did not hold yet."""
        standing = await self.stored(stream)
        tail: list[Commit] = []
        async for commit in self._journal.after(stream, standing.seq):
            standing = standing.after(commit.parsed(), commit.meta)
            tail.append(commit)
        return standing, tail

    async def load_some(self, at_least: Mapping[str, int]) -> dict[str, Standing]:
        """Standings of streams of one kind, each no older than a seq; one query as a rule.

        A stream that cannot be folded by this release is left out.
        """
        if not at_least:
            return {}
        aggregate = aggregate_of(next(iter(at_least)))
        names = {stream.partition(":")[2]: stream for stream in at_least}
        standings: dict[str, Standing] = {}
        async for found in self._store[aggregate.model].find({"_id": {"$in": list(names)}}):
            stream = names[found["_id"]]
            if found["version"] == aggregate.version and found["seq"] >= at_least[stream]:
                state = aggregate.load(found["state"])
                standings[stream] = Standing(stream, state, found["at"])
        for stream in at_least.keys() - standings.keys():
            try:
                standings[stream] = await self.load(stream)
            except Retryable as error:
                logger.warning("%s cannot be folded: %s", stream, error)
        return standings

    async def move(self, after: Standing) -> bool:
        """Move a stored header on by one commit; False where it was not at the one before.

        It never goes back, and never replaces the shape of a newer release.
        """
        model = aggregate_of(after.stream).model
        if model not in self._moves:
            self._moves[model] = TickBatch(lambda moves: self._move_batch(model, moves))
        return await self._moves[model](after)

    async def put(self, standing: Standing) -> None:
        """Store a header that was folded anew, unless a newer one or newer shape is there."""
        aggregate = aggregate_of(standing.stream)
        older = {"version": aggregate.version, "seq": {"$lt": standing.seq}}
        outdated = {"version": {"$lt": aggregate.version}}
        identity = standing.stream.partition(":")[2]
        try:
            await self._store.quick(aggregate.model).bulk_write(
                [
                    UpdateOne(
                        {"_id": identity, "$or": [older, outdated]},
                        {"$set": _document(standing)},
                        upsert=True,
                    )
                ]
            )
        except BulkWriteError as error:
            taken_places(error)

    async def _move_batch(self, model: type[StreamHeader], moves: list[Standing]) -> Sequence[bool]:
        collection = self._store.quick(model)
        try:
            result = await collection.bulk_write([_update(after) for after in moves], ordered=False)
            reached = result.matched_count + result.upserted_count
        except BulkWriteError as error:
            taken_places(error)
            reached = -1
        if reached == len(moves):
            return [True] * len(moves)
        identities = [after.stream.partition(":")[2] for after in moves]
        cursor = self._store[model].find({"_id": {"$in": identities}}, {"seq": 1, "version": 1})
        kept: dict[str, int] = {found["_id"]: found["seq"] async for found in cursor}
        return [
            kept.get(identity, 0) >= after.seq
            for identity, after in zip(identities, moves, strict=True)
        ]


def _update(after: Standing) -> UpdateOne:
    identity = after.stream.partition(":")[2]
    version = aggregate_of(after.stream).version
    return UpdateOne(
        {"_id": identity, "seq": after.seq - 1, "version": version},
        {"$set": _document(after)},
        upsert=after.seq == 1,
    )


def _document(standing: Standing) -> dict[str, Any]:
    aggregate = aggregate_of(standing.stream)
    return {
        "seq": standing.seq,
        "at": standing.at,
        "version": aggregate.version,
        "state": standing.state.model_dump(mode="json"),
        **aggregate.keys(standing.state),
    }
