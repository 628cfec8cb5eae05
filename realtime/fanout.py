"""From an event to the members' sockets: encoded and framed once, never waiting for one."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Iterator
from itertools import islice
from time import thread_time
from typing import Any, Protocol

from engineio.packet import CLOSE, MESSAGE, Packet  # pyright: ignore[reportMissingTypeStubs]

from realtime.tasks import carry_out
from realtime.transport.engine import Polling
from realtime.transport.frames import NORMAL, TRY_AGAIN_LATER, frame
from realtime.transport.members import MAIN
from realtime.transport.packets import ack_packet, event_packet
from realtime.transport.server import Server
from realtime.transport.websocket import SERVER_DISCONNECT

RESYNC = "resync"

LAST_WORDS = 5.0
"""Seconds in which a polling client can still fetch why it is closed."""
TURN = 0.004
"""Seconds of CPU that a large room may take before others get their turn on the loop."""
LEAST, MOST = 50, 250
"""How many sockets are written to in one turn."""
SMALL = 16
"""Up to so many members are written to at once; for more it pays to wait for the step's end."""


class Fanout(Protocol):
    """The seam between rooms and sockets. Payloads are JSON; nothing here waits or raises."""

    def emit(self, event: str, payload: bytes, sids: Collection[str], room: str = "") -> None:
        """Send an event to sockets; one whose buffer is over its cap is closed to resync.

        All that is emitted for one `room` reaches every socket in the same order.
        """
        ...

    def ack(self, sid: str, ack_id: int, payload: bytes) -> None:
        """Send the answer to what a socket asked under `ack_id`, in this loop step."""
        ...

    def close(self, sid: str, farewell: bytes, *, drop: bool = False) -> None:
        """Send `closing` with the farewell, then end the transport, so that clients reconnect.

        `drop` throws away what still waits.
        """
        ...

    def alive(self, sid: str) -> bool:
        """Whether the socket is still there."""
        ...


class Said:
    """What is said to the same sockets in one go, in the shape of either transport."""

    __slots__ = ("_packets", "_polled", "frame")

    def __init__(self, packet: bytes) -> None:
        self._packets = [packet]
        self._polled: list[Any] = []
        self.frame = frame(packet)
        """A WebSocket's bytes: one write, however many messages."""

    def add(self, packet: bytes) -> None:
        """Say more, to those who have not been told anything yet."""
        self._packets.append(packet)
        self.frame += frame(packet)

    @property
    def polled(self) -> list[Any]:
        """python-engineio's packets, made when the first one needs them."""
        if not self._polled:
            self._polled = [Packet(MESSAGE, packet[1:].decode()) for packet in self._packets]
        return self._polled


class Turn:
    """A place in a room's line: what is said, and who of `members` is still to be told."""

    __slots__ = ("left", "members", "said")

    def __init__(self, said: Said, members: list[str]) -> None:
        self.said = said
        self.members = members
        self.left: Iterator[str] | None = None
        """None while nobody was told."""

    def take(self, most: int) -> list[str]:
        if self.left is None:
            self.left = iter(self.members)
        return list(islice(self.left, most))


class Pace:
    """How many sockets may be written to in one turn: as many as take about `TURN`.

    A fixed number would not do: 500 take 3 ms on a quiet core, and 16 on a busy one.
    """

    def __init__(self) -> None:
        self.sockets = 2 * LEAST

    def took(self, seconds: float) -> None:
        """Learn how long a whole turn took."""
        if seconds > TURN:
            self.sockets = max(LEAST, self.sockets // 2)
        elif seconds < TURN / 2:
            self.sockets = min(MOST, self.sockets + LEAST)


class SocketFanout:
    """Writes the same bytes to every member's transport, or hands the same packet to the queues
    of those who poll: no task, queue or copy for each.

    `overflowed` is told of a socket that did not read fast enough.
    """

    def __init__(self, server: Server, cap: int, overflowed: Callable[[str], None]) -> None:
        self._server = server
        self._websockets = server.manager.websockets
        self._cap = cap
        self._overflowed = overflowed
        self._pace = Pace()
        self._lines: dict[str, deque[Turn]] = {}
        """By room, what is still to be sent to further members."""
        server.eio.overflow = overflowed

    def emit(self, event: str, payload: bytes, sids: Collection[str], room: str = "") -> None:
        if not sids:
            return
        packet = event_packet(event, payload)
        if len(sids) <= SMALL and room not in self._lines:
            self._send(Said(packet), sids)
        else:
            self._line_up(packet, list(sids), room)

    def ack(self, sid: str, ack_id: int, payload: bytes) -> None:
        packet = ack_packet(ack_id, payload)
        if (websocket := self._websockets.get(sid)) is not None:
            websocket.write(frame(packet))
        else:
            self._send(Said(packet), (sid,))

    def close(self, sid: str, farewell: bytes, *, drop: bool = False) -> None:
        said = Said(event_packet("closing", farewell))
        if (websocket := self._websockets.get(sid)) is not None:
            code = TRY_AGAIN_LATER if drop else NORMAL
            websocket.end(SERVER_DISCONNECT, code, last=said.frame, drop=drop)
        elif (polling := self._polling(sid)) is not None:
            _end_polling(polling, said, drop=drop)

    def alive(self, sid: str) -> bool:
        websocket = self._websockets.get(sid)
        return self._polling(sid) is not None if websocket is None else not websocket.closed

    def _send(self, said: Said, sids: Collection[str]) -> None:
        over: list[str] = []
        websockets, frame = self._websockets, said.frame
        for sid in sids:
            websocket = websockets.get(sid)
            if websocket is None:
                if self._queue(said, sid):
                    over.append(sid)
            elif websocket.closed:
                pass
            elif not websocket.paused:
                websocket.transport.write(frame)
            elif websocket.hold(frame):
                over.append(sid)
        for sid in over:  # Not while members are gone through: they leave by this.
            self._overflowed(sid)

    def _queue(self, said: Said, sid: str) -> bool:
        """Leave a message for somebody who polls; True where too much waited already."""
        polling = self._polling(sid)
        if polling is None:
            return False
        full = polling.queue.waiting > self._cap
        for packet in said.polled:
            polling.queue.put_nowait(packet)
        return full

    def _polling(self, sid: str) -> Polling | None:
        eio_sid = self._server.manager.eio_sid_from_sid(sid, MAIN)
        polling = self._server.eio.sockets.get(eio_sid or "")
        there = isinstance(polling, Polling) and not (polling.closed or polling.closing)
        return polling if there else None

    # Large rooms take turns with the rest of the loop.

    def _line_up(self, packet: bytes, sids: list[str], room: str) -> None:
        """Say it at the step's end, in one write with what else is said to the same members.

        With four messages under way in a room of 500, a delivery costs a third of what it costs
        when each is written on its own.
        """
        line = self._lines.get(room)
        if line is None:
            line = self._lines[room] = deque()
            asyncio.get_running_loop().call_soon(self._take_turn, room)
        last = line[-1] if line else None
        if last is not None and last.left is None and last.members == sids:
            last.said.add(packet)
        else:
            line.append(Turn(Said(packet), sids))

    def _take_turn(self, room: str, before: float | None = None) -> None:
        """Send what is next in a room's line; `before` is when its turn before this one began.

        From one to the next is measured, because uvloop writes what it was given only when all
        callbacks of the step are done.
        """
        began = thread_time()
        if before is not None:
            self._pace.took(began - before)
        line, left = self._lines[room], self._pace.sockets
        while line and left:
            part = line[0].take(left)
            self._send(line[0].said, part)
            left -= len(part)
            if left:
                line.popleft()
        if line:
            asyncio.get_running_loop().call_soon(self._take_turn, room, began)
        else:
            del self._lines[room]


def _end_polling(polling: Polling, said: Said, *, drop: bool) -> None:
    if drop:
        polling.queue.drop()
    for packet in said.polled:
        polling.queue.put_nowait(packet)
    if polling.upgraded:
        # The end of the queue ends the writer, which closes the WebSocket. An engine CLOSE
        # packet would tell some clients never to come back.
        polling.queue.put_nowait(None)
    else:
        polling.queue.put_nowait(Packet(CLOSE))
        asyncio.get_running_loop().call_later(LAST_WORDS, _end, polling)


def _end(polling: Polling) -> None:
    carry_out(polling.close(wait=False))
