"""The stored headers of streams: read with what is newer in the log folded on, and moved on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from typing import Any, NamedTuple

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from domain.errors import Retryable
from server.store.aggregates import AGGREGATES, Standing, aggregate_of, begin, kept_standing
from server.store.batch import TickBatch
from server.store.commits import Commit
from server.store.connect import Raw, Store
from server.store.duplicates import taken_places
from server.store.journal import Journal
from server.store.models import StreamHeader

logger = logging.getLogger(__name__)


class Place(Enum):
    """Where a stored header is, for who wants it at a standing."""

    REACHED = "reached"
    ELSEWHERE = "elsewhere"
    """Not there yet: behind, absent, or of an older shape."""
    NEWER = "newer"
    """Behind, and of the shape of a newer release, which alone can move it on."""


class Shown(NamedTuple):
    """A stream as it can be shown.

    `behind` are the commits that its stored header did not hold. `state` is that of a header in
    the shape of a newer release, to be shown as it is; None where this release says it all.
    """

    standing: Standing
    behind: Sequence[Commit]
    state: Raw | None


class Headers:
    """The collections `tickets` and `agents`; what is kept of a stream that is `untold` stays out
    of the lists."""

    def __init__(
        self, store: Store, journal: Journal, untold: Callable[[str], bool] = lambda _stream: False
    ) -> None:
        self._store = store
        self._journal = journal
        self._untold = untold
        self._moves: dict[type[StreamHeader], TickBatch[Standing, Place]] = {}

    async def stored(self, stream: str) -> Standing:
        """The header as it was last kept; the beginning where it is of another shape or absent."""
        found = await self._find(stream)
        if found is None or found["version"] != aggregate_of(stream).version:
            return begin(stream)
        return kept_standing(stream, found) or begin(stream)

    async def projected(self, stream: str) -> Standing:
        """Up to where a stream is projected, be it by a newer release; not to decide on."""
        found = await self._find(stream)
        return kept_standing(stream, found) or begin(stream)

    async def load(self, stream: str) -> Standing:
        """A stream's present standing; raises Retryable at an event of a newer release."""
        standing, _ = await self._fold_on(await self.stored(stream))
        return standing

    async def show(self, stream: str) -> Shown:
        """A stream as this release can show it, which never holds up who only wants to look.

        What leads beyond it, from an event of a newer release on, is left to the envelopes.
        Raises Retryable where not even the header can be read.
        """
        found = await self._find(stream)
        kept = kept_standing(stream, found)
        try:
            standing, behind = await self._fold_on(kept or begin(stream))
        except Retryable:
            if not kept:
                raise
            standing, behind = kept, []
        newer = found and found["version"] > aggregate_of(stream).version
        as_it_is = found["state"] if found and newer and standing is kept else None
        return Shown(standing, behind, as_it_is)

    async def _find(self, stream: str) -> Raw | None:
        identity = stream.partition(":")[2]
        return await self._store[aggregate_of(stream).model].find_one({"_id": identity})

    async def _fold_on(self, standing: Standing) -> tuple[Standing, list[Commit]]:
        tail: list[Commit] = []
        async for commit in self._journal.after(standing.stream, standing.seq):
            standing = standing.after(commit.parsed(), commit.meta)
            tail.append(commit)
        return standing, tail

    async def load_some(self, at_least: Mapping[str, int]) -> dict[str, Standing]:
        """Standings of streams of one kind, each no older than a seq; one query as a rule.

        A stream that cannot be folded by this release is left out. Who has to be folded is `ahead`
        of its stored header, unless that one is of another shape and may stay behind for long.
        """
        if not at_least:
            return {}
        aggregate = aggregate_of(next(iter(at_least)))
        names = {stream.partition(":")[2]: stream for stream in at_least}
        standings: dict[str, Standing] = {}
        misshapen: set[str] = set()
        async for found in self._store[aggregate.model].find({"_id": {"$in": list(names)}}):
            stream = names[found["_id"]]
            if found["version"] != aggregate.version:
                misshapen.add(stream)
            elif found["seq"] >= at_least[stream]:
                state = aggregate.load(found["state"])
                standings[stream] = Standing(stream, state, found["at"])
        for stream in at_least.keys() - standings.keys():
            try:
                loaded = await self.load(stream)
                standings[stream] = replace(loaded, ahead=stream not in misshapen)
            except Retryable as error:
                logger.warning("%s cannot be folded: %s", stream, error)
        return standings

    async def outdated(self) -> list[str]:
        """The streams whose stored header is of the shape of an older release."""
        streams: list[str] = []
        for kind, aggregate in AGGREGATES.items():
            older = {"version": {"$lt": aggregate.version}}
            found = self._store[aggregate.model].find(older, {"_id": 1})
            streams += [f"{kind}:{each['_id']}" async for each in found]
        return streams

    async def move(self, after: Standing) -> Place:
        """Move a stored header on by one commit, where it was at the one before.

        It never goes back, and never replaces the shape of a newer release.
        """
        model = aggregate_of(after.stream).model
        if model not in self._moves:
            self._moves[model] = TickBatch(lambda moves: self._move_batch(model, moves))
        return await self._moves[model](after)

    async def put(self, standing: Standing) -> Place:
        """Store a header that was folded anew, unless a newer one or newer shape is there."""
        aggregate = aggregate_of(standing.stream)
        older = {"version": aggregate.version, "seq": {"$lt": standing.seq}}
        # An older node may have moved it beyond what was read of the log.
        outdated = {"version": {"$lt": aggregate.version}, "seq": {"$lte": standing.seq}}
        identity = standing.stream.partition(":")[2]
        try:
            await self._store.quick(aggregate.model).bulk_write(
                [
                    UpdateOne(
                        {"_id": identity, "$or": [older, outdated]},
                        {"$set": self._document(standing)},
                        upsert=True,
                    )
                ]
            )
        except BulkWriteError as error:
            taken_places(error)
            return _place(await self._find(standing.stream), standing)
        return Place.REACHED

    async def _move_batch(
        self, model: type[StreamHeader], moves: list[Standing]
    ) -> Sequence[Place]:
        collection = self._store.quick(model)
        try:
            result = await collection.bulk_write(
                [self._update(after) for after in moves], ordered=False
            )
            reached = result.matched_count + result.upserted_count
        except BulkWriteError as error:
            taken_places(error)
            reached = -1
        if reached == len(moves):
            return [Place.REACHED] * len(moves)
        identities = [after.stream.partition(":")[2] for after in moves]
        cursor = self._store[model].find({"_id": {"$in": identities}}, {"seq": 1, "version": 1})
        kept: dict[str, Raw] = {found["_id"]: found async for found in cursor}
        return [
            _place(kept.get(identity), after)
            for identity, after in zip(identities, moves, strict=True)
        ]

    def _update(self, after: Standing) -> UpdateOne:
        identity = after.stream.partition(":")[2]
        version = aggregate_of(after.stream).version
        return UpdateOne(
            {"_id": identity, "seq": after.seq - 1, "version": version},
            {"$set": self._document(after)},
            upsert=after.seq == 1,
        )

    def _document(self, standing: Standing) -> dict[str, Any]:
        aggregate = aggregate_of(standing.stream)
        keys = aggregate.keys(standing.state)
        if self._untold(standing.stream):
            keys["listed"] = False
        return {
            "seq": standing.seq,
            "at": standing.at,
            "version": aggregate.version,
            "state": standing.state.model_dump(mode="json"),
            **keys,
        }


def _place(found: Raw | None, standing: Standing) -> Place:
    version = aggregate_of(standing.stream).version
    if found is None or found["version"] < version:
        return Place.ELSEWHERE
    if found["seq"] >= standing.seq:
        return Place.REACHED
    return Place.NEWER if found["version"] > version else Place.ELSEWHERE
