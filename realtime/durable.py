"""Ticket and agent rooms: read from the log, gaps and all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import monotonic

from domain.message import Envelope
from domain.ports import Log
from realtime.order import Parcel
from realtime.room import Room
from realtime.source import View
from realtime.wire import dump


class LogSource:
    """The Source of ticket and agent rooms."""

    def __init__(self, log: Log) -> None:
        self._log = log

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
        """Compare heads with the log's, by seqs alone: whatever clocks say, nothing is missed."""
        began = monotonic()
        epochs = {room.name: room.epoch for room in rooms}
        newer = await self._log.newer({room.name: max(room.head, room.looked) for room in rooms})
        for room in rooms:
            if room.epoch != epochs[room.name]:
                continue  # It started over meanwhile.
            found = newer.get(room.name)
            if found is not None and found.head <= room.head:
                room.looked = max(room.looked, found.upto)  # What it may not see, or has by now.
            room.hear_of(found.head if found is not None else 0, began)


def _parcels(envelopes: Iterable[Envelope]) -> list[Parcel]:
    return [Parcel.of(envelope) for envelope in envelopes]
