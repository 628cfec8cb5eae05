"""From an event to the members' sockets: encoded and framed once, never waiting for one."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection
from functools import cached_property
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
AT_ONCE = 500
"""How many sockets are written to before others get their turn on the loop."""


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
    """One message in the shape of either transport, each made once and when it is needed."""

    def __init__(self, packet: bytes) -> None:
        self._packet = packet

    @cached_property
    def frame(self) -> bytes:
        return frame(self._packet)

    @cached_property
    def polled(self) -> Any:  # noqa: ANN401 - a packet of an untyped library
        return Packet(MESSAGE, self._packet[1:].decode())


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
        self._lines: dict[str, deque[tuple[Said, Collection[str]]]] = {}
        """By room, what is still to be sent to further members."""
        server.eio.overflow = overflowed

    def emit(self, event: str, payload: bytes, sids: Collection[str], room: str = "") -> None:
        if not sids:
            return
        said = Said(event_packet(event, payload))
        if len(sids) <= AT_ONCE and room not in self._lines:
            self._send(said, sids)
        else:
            self._line_up(said, list(sids), room)

    def ack(self, sid: str, ack_id: int, payload: bytes) -> None:
        self._send(Said(ack_packet(ack_id, payload)), (sid,))

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
        polling.queue.put_nowait(said.polled)
        return full

    def _polling(self, sid: str) -> Polling | None:
        eio_sid = self._server.manager.eio_sid_from_sid(sid, MAIN)
        polling = self._server.eio.sockets.get(eio_sid or "")
        there = isinstance(polling, Polling) and not (polling.closed or polling.closing)
        return polling if there else None

    # Large rooms take turns with the rest of the loop.

    def _line_up(self, said: Said, sids: list[str], room: str) -> None:
        parts = [(said, sids[at : at + AT_ONCE]) for at in range(0, len(sids), AT_ONCE)]
        line = self._lines.get(room)
        if line is not None:
            line.extend(parts)
        else:
            self._lines[room] = deque(parts)
            self._send_next(room)

    def _send_next(self, room: str) -> None:
        line = self._lines[room]
        self._send(*line.popleft())
        if line:
            asyncio.get_running_loop().call_soon(self._send_next, room)
        else:
            del self._lines[room]


def _end_polling(polling: Polling, said: Said, *, drop: bool) -> None:
    if drop:
        polling.queue.drop()
    polling.queue.put_nowait(said.polled)
    if polling.upgraded:
        # The end of the queue ends the writer, which closes the WebSocket. An engine CLOSE
        # packet would tell some clients never to come back.
        polling.queue.put_nowait(None)
    else:
        polling.queue.put_nowait(Packet(CLOSE))
        asyncio.get_running_loop().call_later(LAST_WORDS, _end, polling)


def _end(polling: Polling) -> None:
    carry_out(polling.close(wait=False))
