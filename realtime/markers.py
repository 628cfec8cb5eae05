"""Delivered and read: one marker per person and ticket, which only moves up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import orjson

from domain import audience
from domain.audience import RoomKind
from domain.errors import NotFound
from domain.message import ActorKind, Audience
from domain.ports import Log, Marker, Markers
from realtime.bus import Bus, Kind
from realtime.connection import Connection
from realtime.options import Options
from realtime.room import Room
from realtime.rooms import Rooms
from realtime.wire import Mark, dump

logger = logging.getLogger(__name__)

Floor = Callable[[int], "int | None"]
"""The greatest seq of a room that is not above a seq of the log; None where not known."""


class MarkerBook:
    """The markers of the ticket rooms open here, and those that moved since they were told.

    Markers are stored and travel in the seqs of the whole log. A public room shows of staff the
    newest seq that its members know, so that a marker says nothing of private notes.
    """

    def __init__(
        self, rooms: Rooms, bus: Bus, log: Log, markers: Markers, options: Options
    ) -> None:
        self._rooms = rooms
        self._bus = bus
        self._log = log
        self._markers = markers
        self._options = options
        self._moved: dict[tuple[str, str], Marker] = {}
        self._some_moved = asyncio.Event()

    # A person marks.

    def mark(self, connection: Connection, mark: Mark) -> dict[str, int]:
        """Move the sender's marker, at most to the head of their room; answers where it is.

        Raises NotFound where the connection is in no room of the ticket.
        """
        rooms = (connection.rooms.get(name) for name in _rooms_of(mark.ticket_id))
        room = next((room for room in rooms if room is not None), None)
        if room is None:
            raise NotFound("Join the ticket's room first.")
        actor = connection.actor
        read = min(mark.read, room.head)
        delivered = min(max(mark.delivered, mark.read), room.head)
        wanted = Marker(room.room.id, actor.id, actor.kind.value, delivered, read)
        known = room.markers.get(actor.id)
        if known is None or _higher(known, wanted) != known:
            self._move(wanted)
        reached = _higher(known, wanted)
        return {"delivered": reached.delivered, "read": reached.read}

    def _move(self, marker: Marker) -> None:
        key = (marker.ticket_id, marker.person)
        self._moved[key] = _higher(self._moved.get(key), marker)
        self._some_moved.set()

    async def run(self) -> None:
        """Store and tell what moved, so many seconds apart."""
        while True:
            await self._some_moved.wait()
            await asyncio.sleep(self._options.markers_every)
            self._some_moved.clear()
            await self.flush()

    async def flush(self) -> None:
        """Store and tell what moved; what cannot be stored waits for the next time."""
        moved, self._moved = list(self._moved.values()), {}
        if not moved:
            return
        try:
            await self._markers.advance(moved)
        except Exception:
            logger.exception("%d markers could not be stored", len(moved))
            for marker in moved:
                self._move(marker)
            return
        for marker in moved:
            for name in _rooms_of(marker.ticket_id):
                self._tell(name, marker)
                self._bus.publish(name, Kind.MARKER, dump(list(marker)))

    # A room learns.

    def receive(self, name: str, json: bytes) -> None:
        """What another node tells a room."""
        self._tell(name, Marker(*cast("list[Any]", orjson.loads(json))))

    def _tell(self, name: str, marker: Marker) -> None:
        room = self._rooms.get(name)
        if room is not None and room.epoch is not None:
            _show(room, _shown(room, marker, room.order.floor))

    async def reload(self, rooms: Iterable[Room]) -> None:
        """Read all markers anew, and tell the members what they missed."""
        known = [room for room in rooms if room.marked]
        for room in known:
            room.marked = False
        await self.load(known)

    # A join tells.

    async def load(self, rooms: Sequence[Room]) -> None:
        """Read the markers of rooms that do not know theirs; where that fails, they stay so."""
        wanting = {room.name: room for room in rooms if _marks(room) and not room.marked}
        if not wanting:
            return
        tickets = {room.room.id for room in wanting.values()}
        try:
            markers = await self._markers.of(sorted(tickets))
            for room in wanting.values():
                await self._learn(room, [m for m in markers if m.ticket_id == room.room.id])
        except Exception:
            logger.exception("the markers of %d tickets could not be read", len(tickets))

    async def _learn(self, room: Room, markers: Sequence[Marker]) -> None:
        floor = await self._floor(room, markers)
        for marker in markers:
            _show(room, _shown(room, marker, floor))
        room.marked = True

    async def _floor(self, room: Room, markers: Sequence[Marker]) -> Floor:
        """How to lower seqs to the room's own, reading the log where memory does not reach."""
        seqs = [seq for marker in markers if _lowered(room, marker) for seq in marker[3:]]
        lowest = min(seqs, default=room.head)
        if room.order.floor(lowest) is not None:
            return room.order.floor
        envelopes = await self._log.read_gap(room.name, lowest, room.head)
        known = [envelope.prev for envelope in envelopes[:1]]
        known += [envelope.seq for envelope in envelopes]
        return lambda seq: max((own for own in known if own <= seq), default=None)

    def told(self, room: Room) -> bytes:
        """The markers of a ticket room as a JSON member; nothing where they are not known."""
        if not room.marked:
            return b""
        return b'"markers":' + dump([_fields(marker) for marker in room.markers.values()])


def _rooms_of(ticket_id: str) -> tuple[str, str]:
    return audience.staff_room(ticket_id), audience.ticket_room(ticket_id)


def _marks(room: Room) -> bool:
    return room.room.kind in (RoomKind.TICKET, RoomKind.TICKET_STAFF)


def _lowered(room: Room, marker: Marker) -> bool:
    return room.room.audience is Audience.PUBLIC and marker.kind != ActorKind.CLIENT


def _shown(room: Room, marker: Marker, floor: Floor) -> Marker | None:
    """The marker as the room's members may see it; None where that is not known."""
    if not _lowered(room, marker):
        return marker
    delivered, read = floor(marker.delivered), floor(marker.read)
    if delivered is None or read is None:
        return None
    return marker._replace(delivered=delivered, read=read)


def _show(room: Room, marker: Marker | None) -> None:
    """Tell the members where somebody is now, if that is further than they know."""
    if marker is None:
        return
    known = room.markers.get(marker.person)
    higher = _higher(known, marker)
    if higher != known:
        room.markers[marker.person] = higher
        room.tell("signal", dump({"room": room.name, "type": "marker", **_fields(higher)}))


def _higher(known: Marker | None, marker: Marker) -> Marker:
    if known is None:
        return marker
    return marker._replace(
        delivered=max(known.delivered, marker.delivered), read=max(known.read, marker.read)
    )


def _fields(marker: Marker) -> dict[str, Any]:
    return {
        "person": marker.person,
        "kind": marker.kind,
        "delivered": marker.delivered,
        "read": marker.read,
    }
