"""Ticket and agent rooms: read from the log, gaps and all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import monotonic

from domain.message import Envelope
from domain.ports import Log
from realtime.options import Options
from realtime.order import Parcel
from realtime.room import Room
from realtime.source import View
from realtime.wire import dump

SWEPT_BACK = 30_000
"""Milliseconds of the log that a sweep looks at, at least."""


class LogSource:
    """The Source of ticket and agent rooms."""

    def __init__(self, log: Log, options: Options) -> None:
        self._log = log
        self._options = options

    async def read(self, room: Room, after: int | None, epoch: str | None) -> View:
        generation = room.generation
        if after is not None and epoch == self._log.epoch:
            read = await self._log.read_room(room.name, after, epoch)
            if read.envelopes is not None:
                return View(
                    epoch=read.epoch,
                    seq=read.seq,
                    header=read.header,
                    snapshot=None,
                    envelopes=_parcels(read.envelopes),
                    more=read.more,
                    generation=generation,
                )
        return await self._snapshot(room, generation)

    async def _snapshot(self, room: Room, generation: int) -> View:
        read = await self._log.snapshot(room.name)
        state = dict(read.state)
        state.pop("markers", None)  # They are read with the log's seqs, and told with the room's.
        return View(
            epoch=self._log.epoch,
            seq=read.seq,
            header=read.header,
            snapshot=dump(state),
            envelopes=(),
            more=False,
            generation=generation,
        )

    async def gap(self, room: Room) -> list[Parcel] | None:
        return _parcels(await self._log.read_gap(room.name, room.head, room.order.upto))

    async def check(self, rooms: Sequence[Room]) -> None:
        """Compare heads with the commits of the last 30 s, or since the oldest check."""
        began = monotonic()
        age = began - min(room.checked_at for room in rooms)
        since = self._options.now() - SWEPT_BACK - round(age * 1000)
        heads = await self._log.recent_heads([room.name for room in rooms], max(0, since))
        for room in rooms:
            room.hear_of(heads.get(room.name, 0), began)


def _parcels(envelopes: Iterable[Envelope]) -> list[Parcel]:
    return [Parcel.of(envelope) for envelope in envelopes]
