"""The sweep that finds what the bus lost: heads of open rooms against their source."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from random import random

from realtime.bus import Bus
from realtime.markers import MarkerBook
from realtime.options import Options
from realtime.room import Room
from realtime.rooms import Rooms
from realtime.source import Source

log = logging.getLogger(__name__)


class HeadSweep:
    """Every two seconds or so; every second while a room's channel is unconfirmed; and at once
    when the bus is back after a break."""

    def __init__(self, rooms: Rooms, bus: Bus, book: MarkerBook, options: Options) -> None:
        self._rooms = rooms
        self._bus = bus
        self._book = book
        self._options = options

    async def run(self) -> None:
        while True:
            if await self._healed():
                await self._book.reload(self._rooms)  # Markers may be among what was lost.
            await self.sweep()
            self._rooms.close_idle()

    async def sweep(self) -> None:
        """One query for each kind of room; a source that is away is asked again next time."""
        by_source: defaultdict[Source, list[Room]] = defaultdict(list)
        for room in self._rooms:
            if room.epoch is not None:
                by_source[room.source].append(room)
        for source, rooms in by_source.items():
            try:
                await source.check(rooms)
            except Exception as error:
                log.warning("%d rooms could not be checked: %r", len(rooms), error)

    async def _healed(self) -> bool:
        """Wait until the next sweep is due; True where it is because the bus is back."""
        confirmed = all(self._bus.confirmed(room.name) for room in self._rooms)
        options = self._options
        wait = options.heads_every if confirmed else options.unconfirmed_heads_every
        try:
            async with asyncio.timeout(wait * (0.75 + random() / 2)):
                await self._bus.healed.wait()
        except TimeoutError:
            return False
        self._bus.healed.clear()
        return True
