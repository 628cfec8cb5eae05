"""What is of the moment: who types and who views in a room. Kept while it lasts, never stored."""

from __future__ import annotations

import asyncio
from functools import partial
from time import monotonic
from typing import Any, cast
from uuid import uuid4

import orjson

from domain import audience
from domain.audience import RoomKind
from domain.errors import NotFound
from domain.message import ActorKind, Audience
from realtime.bus import Bus, Kind
from realtime.company import Company, Doing, Origin, Said
from realtime.connection import Connection
from realtime.options import Options
from realtime.room import Room
from realtime.rooms import Rooms
from realtime.streams import Streams
from realtime.wire import Signal, dump

CROWD = 100
"""From so many members on, changes that follow each other closely are told together."""
TOGETHER = 0.25
TICK = 0.5
TURNS = 10
"""Ticks in which this node says once, for every room, all that is done here."""


class Signals:
    """Tells the members of a room, here and on other nodes, what changes: `signal {room, type, …}`.

    Clients say again and again what they do, and what is not said again runs out; others hear of
    it once when it begins and once when it ends, which it does at once when the last socket of
    that person leaves. Nothing of it is in Redis: nodes tell each other changes at once and
    everything now and then, so that a lost word heals and a dead node's people run out.
    """

    def __init__(self, rooms: Rooms, bus: Bus, streams: Streams, options: Options) -> None:
        self._rooms = rooms
        self._streams = streams
        self._bus = bus
        self._options = options
        self._node = uuid4().hex[:16]
        self._lasts = {"typing": options.typing_for, "viewing": options.viewing_for}
        self._companies: dict[str, Company] = {}
        self._some = asyncio.Event()
        """Set while there are companies."""
        self._crowds: dict[str, dict[Doing, dict[str, Any]]] = {}
        """By crowded room that was told something just now, what changed since."""

    # A member says.

    def send(self, connection: Connection, signal: Signal) -> None:
        """Take what a member says; who says it is the server's to say.

        Raises NotFound where the sender is not in the room, RateLimited where it is too much.
        """
        room = connection.rooms.get(signal.room)
        if room is None or not room.room.kind.durable:
            raise NotFound("Join the room first.")
        now = monotonic()
        connection.signals.take(now)
        room.left = self._left
        who = connection.actor
        doing = Doing(signal.type, who.kind.value, who.id)
        origin = Origin(connection.sid, room.name)
        heard = _heard_in(room.room, signal) if signal.active else ()
        base_seq = min(signal.base_seq or 0, room.head)
        for name in _rooms_beside(room.room):
            if name in heard:
                until = now + self._lasts[signal.type]
                self._company(name).say(doing, origin, until, base_seq)
            elif (company := self._companies.get(name)) is not None:
                company.end(doing, origin, Said(connection.sid, base_seq))

    def _left(self, room: Room, connection: Connection) -> None:
        origin = Origin(connection.sid, room.name)
        for name in _rooms_beside(room.room):
            if (company := self._companies.get(name)) is not None:
                company.leave(origin)

    # Other nodes say.

    def receive(self, room: str, json: bytes) -> None:
        """A change on another node."""
        said = cast("dict[str, Any]", orjson.loads(json))
        who, node = said["from"], said.get("node", "")
        doing = Doing(said["type"], who["kind"], who["id"])
        if said["active"]:
            until = monotonic() + self._options.company_for
            self._company(room).hear(doing, node, until, said["base_seq"])
        elif (company := self._companies.get(room)) is not None:
            company.hear_end(doing, node, said["base_seq"])

    def receive_company(self, json: bytes) -> None:
        """All that is done in a room through another node, or its question for the same."""
        said = cast("dict[str, Any]", orjson.loads(json))
        name, here = said["room"], said["here"]
        if here is None:
            self._announce(name)
            return
        doings = [Doing(*each) for each in here]
        if doings or name in self._companies:
            until = monotonic() + self._options.company_for
            self._company(name).hear_all(doings, said["node"], until)

    def _announce(self, name: str) -> None:
        company = self._companies.get(name)
        if company is not None and (here := company.here):
            self._bus.publish(name, Kind.COMPANY, self._statement(name, here))

    def _statement(self, name: str, here: list[Doing] | None) -> bytes:
        doings = None if here is None else [list(each) for each in here]
        return dump({"node": self._node, "room": name, "here": doings})

    # A join tells.

    def ask(self, room: Room) -> None:
        """Learn who is in a room that this node begins to listen to; called when it does."""
        if room.asked or not room.room.kind.durable:
            return
        room.asked = True
        if (company := self._companies.get(room.name)) is not None:
            company.forget_others()
        question = self._statement(room.name, None)
        for name in _rooms_beside(room.room):  # A client's node may not listen to staff's room.
            self._bus.publish(name, Kind.COMPANY, question)

    def told(self, room: Room) -> bytes:
        """Who does what in a room, and what is being written there, as a JSON member; nothing
        where nobody could do anything."""
        if not room.room.kind.durable:
            return b""
        company, growing = self._companies.get(room.name), self._streams.told(room)
        told = company.told if company is not None else b"[]"
        if growing:
            told = b"[" + b",".join([*([told[1:-1]] if len(told) > 2 else []), *growing]) + b"]"
        return b'"signals":' + told

    # Members hear.

    def _company(self, name: str) -> Company:
        company = self._companies.get(name)
        if company is None:
            spread, show = partial(self._spread, name), partial(self._show, name)
            company = self._companies[name] = Company(spread, show)
            self._some.set()
        return company

    def _spread(self, name: str, doing: Doing, active: bool, said: Said) -> None:
        body = {**doing.told, "active": active, "base_seq": said.base_seq, "node": self._node}
        self._bus.publish(name, Kind.SIGNAL, dump(body))

    def _show(self, name: str, doing: Doing, active: bool, said: Said) -> None:
        room = self._rooms.get(name)
        if room is None or not room.members:
            return
        base_seq = _shown_base(room, doing, said.base_seq)
        signal = {**doing.told, "active": active, "base_seq": base_seq}
        if name in self._crowds:
            self._crowds[name][doing] = signal
            return
        room.tell("signal", dump({"room": name, **signal}), said.sid)
        if len(room.members) >= CROWD:
            self._gather(name)

    def _gather(self, name: str) -> None:
        """From now on, and for a moment, tell a crowd of nothing."""
        self._crowds[name] = {}
        asyncio.get_running_loop().call_later(TOGETHER, self._show_gathered, name)

    def _show_gathered(self, name: str) -> None:
        changed, room = list(self._crowds.pop(name).values()), self._rooms.get(name)
        if room is None or not room.members or not changed:
            return
        told = changed[0] if len(changed) == 1 else {"type": "several", "signals": changed}
        room.tell("signal", dump({"room": name, **told}))
        self._gather(name)

    # Time.

    async def run(self) -> None:
        """End what runs out, and say to other nodes what is done here, rooms in turns."""
        turn = 0
        while True:
            await self._some.wait()
            await asyncio.sleep(min(TICK, self._options.company_every / TURNS))
            turn = (turn + 1) % TURNS
            self.sweep(turn)

    def sweep(self, turn: int) -> None:
        now = monotonic()
        for name, company in list(self._companies.items()):
            company.run_out(now)
            if company.empty:
                del self._companies[name]
            elif hash(name) % TURNS == turn:
                self._announce(name)
        if not self._companies:
            self._some.clear()


def _rooms_beside(room: audience.Room) -> tuple[str, ...]:
    """The rooms that may hear of what is done in a room."""
    if room.kind is RoomKind.AGENT:
        return (audience.agent_room(room.id),)
    return (audience.ticket_room(room.id), audience.staff_room(room.id))


def _heard_in(room: audience.Room, signal: Signal) -> tuple[str, ...]:
    """Staff hear everything about a ticket; clients what is meant for them, and of staff's
    looking nothing."""
    among_staff = signal.visibility == "private" or signal.type == "viewing"
    if room.kind is RoomKind.TICKET_STAFF and among_staff:
        return (audience.staff_room(room.id),)
    return _rooms_beside(room)


def _shown_base(room: Room, doing: Doing, base_seq: int) -> int:
    """What a signal is based on, in the seqs that this room's members know."""
    if doing.kind != ActorKind.CLIENT and room.room.audience is Audience.PUBLIC:
        return room.order.floor(base_seq) or 0
    return base_seq
