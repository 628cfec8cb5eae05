"""Joining: listen first, then read, catch up, and answer and enter in one loop step."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from random import random
from time import monotonic

from domain import access, audience
from domain.errors import DomainError, Forbidden, Invalid, Retryable
from realtime.bus import Bus
from realtime.connection import Connection
from realtime.flights import Flights
from realtime.markers import MarkerBook
from realtime.options import Options
from realtime.order import Parcel
from realtime.room import Room
from realtime.rooms import Rooms
from realtime.signals import Signals
from realtime.source import View
from realtime.turns import Turns
from realtime.wire import Cursor, dump

log = logging.getLogger(__name__)

ENTER_TRIES = 8
FRESH = 5.0
"""Seconds within which a room's head must have been compared for it to answer from memory."""


class Visit:
    """One room of a join, from its name to its answer."""

    __slots__ = ("cursor", "error", "room", "view")

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.room: Room | None = None
        self.view: View | None = None
        self.error: DomainError | None = None

    @property
    def ready(self) -> bool:
        """Whether what was read still leads to the room's cursor, or nothing can be read."""
        if self.error is not None:
            return True
        room, view = self.room, self.view
        return room is not None and view is not None and room.top_up(view) is not None


class Joins:
    """Carries out `join` for connections, a limited number at once."""

    def __init__(
        self,
        rooms: Rooms,
        bus: Bus,
        book: MarkerBook,
        signals: Signals,
        turns: Turns,
        options: Options,
    ) -> None:
        self._turns = turns
        self._rooms = rooms
        self._bus = bus
        self._book = book
        self._signals = signals
        self._options = options
        self._reads: Flights[View] = Flights()
        self._slots = asyncio.Semaphore(options.joins_at_once)
        self._joining = 0

    async def join(self, connection: Connection, cursors: Sequence[Cursor]) -> bytes:
        """Enter rooms; answers a JSON array, each room for itself.

        Raises Retryable, with `retry_after`, where too many wait already.
        """
        if self._joining >= self._options.joins_at_once + self._options.joins_waiting:
            wait = round(0.5 + 1.5 * random(), 3)  # A thousand take a second.
            raise Retryable("Many are joining; try again soon.", fields={"retry_after": wait})
        visits = [Visit(cursor) for cursor in cursors]
        self._joining += 1
        try:
            await self._turns.mine()
            await self._listen(connection, visits)  # Outside of the slots: Redis may be slow.
            async with self._slots:
                await self._prepare(connection, visits)
                return self._enter(connection, visits)  # In one loop step with the last look.
        finally:
            self._joining -= 1
            for visit in visits:
                if visit.room is not None:
                    self._rooms.release(visit.room)

    async def _listen(self, connection: Connection, visits: list[Visit]) -> None:
        places = set(connection.rooms)
        for visit in visits:
            self._open(connection, visit, places)
        opened = [visit.room for visit in visits if visit.room is not None]
        unheard = [room.name for room in opened if not self._bus.confirmed(room.name)]
        if unheard:
            await asyncio.gather(*map(self._bus.subscribe, unheard))
        for room in opened:
            self._signals.ask(room)

    async def _prepare(self, connection: Connection, visits: list[Visit]) -> None:
        for _ in range(ENTER_TRIES):
            stale = [visit for visit in visits if not visit.ready]
            if not stale:
                break
            unread = [visit for visit in stale if not self._recall(connection, visit)]
            if unread:  # A task for each, where memory had the answer, was half of a join.
                await asyncio.gather(*map(self._read, unread))
            await self._book.load([v.room for v in stale if v.room is not None and v.view])

    def _open(self, connection: Connection, visit: Visit, places: set[str]) -> None:
        """Open a room for a visit; `places` are the rooms that the connection will be in."""
        name = visit.cursor.room
        try:
            parsed = audience.parse_room(name)
            if not parsed.kind.durable:
                access.may_enter(connection.actor, parsed, None)
            if name not in places and len(places) >= self._options.rooms_per_socket:
                raise Invalid("This connection is in too many rooms.")
            places.add(name)
            visit.room = self._rooms.open(name)
        except DomainError as error:
            visit.error = error

    async def _read(self, visit: Visit) -> None:
        room, cursor = visit.room, visit.cursor
        assert room is not None
        try:
            async with asyncio.timeout(self._options.read_within):
                view = await self._share_read(room, cursor)
                await room.catch_up(view)
            visit.view = view
        except DomainError as error:
            visit.error = error
        except Exception:
            log.exception("%s could not be read", room.name)
            visit.error = Retryable("The room cannot be read now.", fields={"retry_after": 1.0})

    async def _share_read(self, room: Room, cursor: Cursor) -> View:
        """Many joins of one room at the same cursor share one read."""
        after, epoch = cursor.after, cursor.epoch
        key = (room.name, after, epoch, room.generation)
        return await self._reads.share(key, lambda: room.source.read(room, after, epoch))

    def _recall(self, connection: Connection, visit: Visit) -> bool:
        """Answer from the room's memory, where that has it and is up to date."""
        room, cursor = visit.room, visit.cursor
        assert room is not None
        checked = monotonic() - room.checked_at < FRESH
        recalled = checked and self._bus.confirmed(room.name)
        visit.view = room.recall(connection.actor, cursor.after, cursor.epoch) if recalled else None
        return visit.view is not None

    def _enter(self, connection: Connection, visits: Sequence[Visit]) -> bytes:
        answers: list[bytes] = []
        space = self._options.answer_bytes
        for visit in visits:
            try:
                answer = self._admit(connection, visit, space)
            except DomainError as error:
                answer = dump({"room": visit.cursor.room, "error": error.as_dict()})
            space -= len(answer)
            answers.append(answer)
        return b"[" + b",".join(answers) + b"]"

    def _admit(self, connection: Connection, visit: Visit, space: int) -> bytes:
        if visit.error is not None:
            raise visit.error
        room, view, cursor = visit.room, visit.view, visit.cursor
        topping = room.top_up(view) if room is not None and view is not None else None
        if room is None or view is None or topping is None:
            raise Retryable("The room changes too fast.", fields={"retry_after": 0.5})
        _judge(connection, room, view)
        room.untrodden = False
        parcels = [*view.envelopes, *(() if view.more else topping)]
        size = len(view.snapshot or b"") + sum(len(parcel.json) for parcel in parcels)
        if size > space and space < self._options.answer_bytes:
            # No space left beside the other rooms: the asker keeps its cursor and joins again.
            return _answer(room.name, view.epoch, cursor.after or 0, None, (), True, b"")
        markers = self._book.told(room)
        if view.more and parcels:
            seq = parcels[-1].seq
            return _answer(room.name, view.epoch, seq, None, parcels, True, markers)
        if not connection.closed:
            room.enter(connection)
        seq = room.head if view.snapshot is None else view.seq
        answer = _answer(room.name, view.epoch, seq, view.snapshot, parcels, False, markers)
        return _with(answer, self._signals.told(room))


def _with(answer: bytes, member: bytes) -> bytes:
    """A JSON object with one more member, if there is one."""
    return answer[:-1] + b"," + member + b"}" if member else answer


def _judge(connection: Connection, room: Room, view: View) -> None:
    """Raise where the actor, as they are now, may not see what the answer shows."""
    if view.header is not None:
        access.may_enter(connection.actor, room.room, view.header)
    elif not access.may_stay(connection.actor, room.room, room.belonging):
        raise Forbidden("You may not see this room.")


def _answer(
    name: str,
    epoch: str,
    seq: int,
    snapshot: bytes | None,
    parcels: Sequence[Parcel],
    more: bool,
    markers: bytes,
) -> bytes:
    """`seq` is what the snapshot shows, and the envelopes follow it; without a snapshot it is
    where the envelopes lead. With `more` the asker joins again from the last envelope.

    A ticket's `markers` stand in the snapshot, or beside the envelopes where there is none.
    """
    answer = dump({"room": name, "epoch": epoch, "seq": seq, "more": more})[:-1]
    if snapshot is not None and markers:
        snapshot = snapshot[:-1] + (b"," if len(snapshot) > 2 else b"") + markers + b"}"
    answer += b',"snapshot":' + (snapshot or b"null")
    answer += b',"envelopes":[' + b",".join(parcel.json for parcel in parcels) + b"]"
    if snapshot is None and markers:
        answer += b"," + markers
    return answer + b"}"
