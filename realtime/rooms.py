"""All rooms of this node: publishing into them, opening them, closing those nobody is in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from time import monotonic

from domain import audience
from domain.message import Envelope
from realtime.bus import Bus, Kind
from realtime.connection import Connection
from realtime.fanout import Fanout
from realtime.options import Options
from realtime.order import Parcel
from realtime.room import Room
from realtime.source import Source


class Rooms:
    """Implements ports.Publisher. `source_of` says where a kind of rooms is read from."""

    def __init__(
        self,
        fanout: Fanout,
        bus: Bus,
        source_of: Callable[[audience.Room], Source],
        options: Options,
    ) -> None:
        self._fanout = fanout
        self._bus = bus
        self._source_of = source_of
        self._options = options
        self._rooms: dict[str, Room] = {}

    def __iter__(self) -> Iterator[Room]:
        return iter(list(self._rooms.values()))

    def get(self, name: str) -> Room | None:
        return self._rooms.get(name)

    def publish(self, envelopes: Sequence[Envelope]) -> None:
        """To local members in this loop step, to other nodes with the tick's other messages."""
        for envelope in envelopes:
            parcel = Parcel.of(envelope)
            if (room := self._rooms.get(envelope.room)) is not None:
                room.receive(parcel)
            self._bus.publish(envelope.room, Kind.EVENT, parcel.json)

    def receive(self, name: str, json: bytes) -> None:
        """An envelope that another node, or a feed's writer, published."""
        if (room := self._rooms.get(name)) is not None:
            room.receive(Parcel.load(json))

    def open(self, name: str) -> Room:
        """The room, for a visitor who must `release` it; it stays open meanwhile."""
        room = self._rooms.get(name)
        if room is None:
            source = self._source_of(audience.parse_room(name))
            room = Room(name, source, self._fanout, self._options)
            self._rooms[name] = room
        room.visitors += 1
        return room

    def release(self, room: Room) -> None:
        """A visitor is done. A room that never had a member does not linger."""
        room.visitors -= 1
        if room.untrodden:
            self._close(room)

    def leave(self, connection: Connection, names: Iterable[str]) -> None:
        for name in names:
            if (room := connection.rooms.get(name)) is not None:
                room.leave(connection)

    def close_idle(self) -> None:
        """Unsubscribe from rooms that nobody was in for a while."""
        since = monotonic() - self._options.linger
        for room in self:
            if room.empty_since is not None and room.empty_since < since:
                self._close(room)

    def stop(self) -> None:
        for room in self:
            room.stop()
        self._rooms.clear()

    def _close(self, room: Room) -> None:
        if not room.members and not room.visitors and self._rooms.get(room.name) is room:
            del self._rooms[room.name]
            room.stop()
            self._bus.unsubscribe(room.name)
