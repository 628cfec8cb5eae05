"""What is of the moment: typing, viewing, markers moving. Carried, never stored."""

from __future__ import annotations

from time import monotonic
from typing import Any, cast

import orjson

from domain import audience
from domain.audience import RoomKind
from domain.errors import NotFound
from domain.message import ActorKind, Audience
from realtime.bus import Bus, Kind
from realtime.connection import Connection
from realtime.room import Room
from realtime.rooms import Rooms
from realtime.wire import Signal, dump


class Signals:
    """To the members of a room, here and on other nodes, as `signal {room, type, ...}`."""

    def __init__(self, rooms: Rooms, bus: Bus) -> None:
        self._rooms = rooms
        self._bus = bus

    def send(self, connection: Connection, signal: Signal) -> None:
        """Pass on what a member says; who says it is the server's to say.

        Raises NotFound where the sender is not in the room, RateLimited where it is too much.
        """
        room = connection.rooms.get(signal.room)
        if room is None or not room.room.kind.durable:
            raise NotFound("Join the room first.")
        connection.signals.take(monotonic())
        said = {
            "type": signal.type,
            "from": connection.actor.ref.model_dump(),
            "active": signal.active,
            "base_seq": min(signal.base_seq or 0, room.head),
        }
        for name in _heard_in(room.room, signal):
            self._tell(name, said, but=connection.sid)
            self._bus.publish(name, Kind.SIGNAL, dump(said))

    def receive(self, room: str, json: bytes) -> None:
        """What another node carries."""
        self._tell(room, cast("dict[str, Any]", orjson.loads(json)), None)

    def _tell(self, name: str, said: dict[str, Any], but: str | None) -> None:
        room = self._rooms.get(name)
        if room is None or not room.members:
            return
        if "base_seq" in said:
            said = {**said, "base_seq": _shown_base(room, said)}
        room.tell("signal", dump({"room": name, **said}), but)


def _heard_in(room: audience.Room, signal: Signal) -> tuple[str, ...]:
    """Staff hear everything about a ticket; the client what is meant for them."""
    if room.kind is RoomKind.AGENT:
        return (audience.agent_room(room.id),)
    staff = audience.staff_room(room.id)
    among_staff = signal.visibility == "private" or signal.type == "viewing"
    if room.kind is RoomKind.TICKET_STAFF and among_staff:
        return (staff,)
    return (audience.ticket_room(room.id), staff)


def _shown_base(room: Room, said: dict[str, Any]) -> int:
    """What a signal is based on, in the seqs that this room's members know."""
    from_staff = said["from"]["kind"] != ActorKind.CLIENT
    if from_staff and room.room.audience is Audience.PUBLIC:
        return room.order.floor(said["base_seq"]) or 0
    return said["base_seq"]
