"""From an event to the members' sockets: encoded and framed once, never waiting for one."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection
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
TURN = 0.002
"""Seconds of CPU that a large room may take before others get their turn on the loop; who waits for
a timer meanwhile waits for two."""
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

    def __init__(self, *packets: bytes) -> None:
        self._packets = packets
        self._polled: list[Any] = []
        self.frame = b"".join(map(frame, packets))
        """A WebSocket's bytes: one write, however many messages."""

    @property
    def polled(self) -> list[Any]:
        """python-engineio's packets, made when the first one needs them."""
        if not self._polled:
            self._polled = [Packet(MESSAGE, packet[1:].decode()) for packet in self._packets]
        return self._polled


class Round:
    """Members who are gone through, and from the first again, until nothing is new to anybody.

    What is said meanwhile begins with whoever is next: each hears all that is new to them in one
    write, and everybody everything in the same order.
    """

    __slots__ = ("_at", "_new", "_said", "members")

    def __init__(self, members: list[str]) -> None:
        self.members = members
        self._at = 0
        self._new: deque[tuple[bytes, int]] = deque()
        """Packets in order, each with how many members had their turn when all had heard it."""
        self._said: Said | None = None

    def add(self, packet: bytes) -> None:
        self._new.append((packet, self._at + len(self.members)))
        self._said = None

    def take(self, most: int) -> tuple[Said, list[str]] | None:
        """At most so many who are next, with what is new to all of them; None at the end."""
        while self._new and self._new[0][1] == self._at:
            self._new.popleft()
            self._said = None
        if not self._new:
            return None
        if self._said is None:
            self._said = Said(*(packet for packet, _ in self._new))
        place = self._at % len(self.members)
        part = self.members[place : place + min(most, self._new[0][1] - self._at)]
        self._at += len(part)
        return self._said, part


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
        self._engine = server.eio
        self._websockets = server.manager.websockets
        self._cap = cap
        self._overflowed = overflowed
        self._pace = Pace()
        self._lines: dict[str, deque[Round]] = {}
        """By room, what is still to be sent to further members."""
        server.eio.overflow = overflowed

    def emit(self, event: str, payload: bytes, sids: Collection[str], room: str = "") -> None:
        if not sids:
            return
        packet = event_packet(event, payload)
        if len(sids) <= SMALL and room not in self._lines:
            self._send(Said(packet), sids, soon=True)
        else:
            self._line_up(packet, list(sids), room)

    def ack(self, sid: str, ack_id: int, payload: bytes) -> None:
        packet = ack_packet(ack_id, payload)
        if (websocket := self._websockets.get(sid)) is not None:
            websocket.write(frame(packet))
        else:
            self._send(Said(packet), (sid,), soon=True)

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

    def _send(self, said: Said, sids: Collection[str], *, soon: bool) -> None:
        """`soon` is at the step's end, with what else a socket is told in it."""
        over: list[str] = []
        websockets, frame, told = self._websockets, said.frame, self._engine.told
        if soon and not told:
            self._engine.write_soon()
        for sid in sids:
            websocket = websockets.get(sid)
            if websocket is None:
                if self._queue(said, sid):
                    over.append(sid)
            elif websocket.closed:
                pass
            elif websocket.paused:
                if websocket.hold(frame):
                    over.append(sid)
            elif websocket.now:
                websocket.now += frame
            elif soon:
                websocket.now = frame
                told.append(websocket)
            else:
                websocket.transport.write(frame)
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
        """Say it in a round, in one write with what else is new to the same members.

        With four messages under way in a room of 500, a delivery costs a third of what it costs
        when each is written on its own.
        """
        line = self._lines.get(room)
        if line is None:
            line = self._lines[room] = deque()
            asyncio.get_running_loop().call_soon(self._take_turn, room)
        if not line or line[-1].members != sids:
            line.append(Round(sids))
        line[-1].add(packet)

    def _take_turn(self, room: str, before: float | None = None) -> None:
        """Send what is next in a room's line; `before` is when its turn before this one began.

        From one to the next is measured, because what was said at the step's end counts too.
        """
        began = thread_time()
        if before is not None:
            self._pace.took(began - before)
        line, left = self._lines[room], self._pace.sockets
        while line and left:
            if (next_ones := line[0].take(left)) is None:
                line.popleft()
                continue
            said, part = next_ones
            self._send(said, part, soon=False)
            left -= len(part)
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
