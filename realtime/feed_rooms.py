"""Joining and healing feed rooms: from their history, or from what the documents say now."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from time import monotonic

from redis.exceptions import RedisError

from domain.ports import FeedSource
from realtime.fanout import RESYNC
from realtime.feed import RedisFeeds
from realtime.order import Parcel
from realtime.room import Room
from realtime.source import View
from realtime.wire import dump

log = logging.getLogger(__name__)

REDIS_WITHIN = 1.0
UNHEARD = "unheard"
"""The epoch of a room that was joined while Redis was away: the first check starts it over."""


class FeedRooms:
    """The Source of feed rooms. An epoch that was lost puts members out to join anew."""

    def __init__(self, feeds: RedisFeeds, source: FeedSource) -> None:
        self._feeds = feeds
        self._source = source

    async def read(self, room: Room, after: int | None, epoch: str | None) -> View:
        """Note the offset first: what the snapshot shows more than once is absolute."""
        generation = room.generation
        try:
            async with asyncio.timeout(REDIS_WITHIN):
                present, offset, missed = await self._feeds.read(room.name, after)
        except (RedisError, OSError) as error:
            log.warning("%s is joined without its history: %r", room.name, error)
            present, offset, missed = room.epoch or UNHEARD, room.head, []
            after = None
        if after is not None and epoch == present:
            parcels = _chain(missed, after, offset)
            if parcels is not None:
                return View(present, offset, None, None, parcels, False, generation)
        state = await self._source.feed_snapshot(room.name)
        return View(present, offset, None, dump(state), (), False, generation)

    async def gap(self, room: Room) -> list[Parcel] | None:
        after = room.head  # What was missing may arrive while it is read.
        async with asyncio.timeout(REDIS_WITHIN):  # Or it is asked again.
            epoch, offset, missed = await self._feeds.read(room.name, after)
        return _chain(missed, after, offset) if epoch == room.epoch else None

    async def check(self, rooms: Sequence[Room]) -> None:
        """Compare with what was known when Redis was asked: meanwhile more may have come."""
        began = monotonic()
        known = {room.name: (room.epoch, room.head) for room in rooms}
        heads = await self._feeds.heads([*known], REDIS_WITHIN)
        for room in rooms:
            before, head = known[room.name]
            if before is None or room.epoch != before or room.name not in heads:
                continue
            epoch, offset = heads[room.name]
            if epoch != before or offset < head:
                room.dismiss(RESYNC)
            else:
                room.hear_of(offset, began)


def _chain(missed: Sequence[bytes], after: int, offset: int) -> list[Parcel] | None:
    """The envelopes after a cursor; None where the history does not lead on from it."""
    parcels = [Parcel.load(json) for json in missed]
    if not parcels:
        return [] if after == offset else None
    return parcels if parcels[0].prev == after else None
