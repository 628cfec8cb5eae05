"""A session over a WebSocket: Engine.IO 4 spoken straight to the loop's transport."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, cast

from realtime.tasks import carry_out
from realtime.transport.frames import (
    BINARY,
    CLOSE,
    INVALID_DATA,
    NORMAL,
    PING,
    POLICY_VIOLATION,
    PONG,
    PROTOCOL_ERROR,
    RESTARTS,
    TEXT,
    Parser,
    Violation,
    close_frame,
    frame,
)
from realtime.transport.packets import PING_FRAME, PROBED_FRAME, Event, read_event

log = logging.getLogger(__name__)

MESSAGES_AT_ONCE = 50
"""What one socket may say before others get their turn on the loop."""
WINDOW = 6.0
"""Seconds in which a socket may say so many messages: whoever says more is heard later."""
CLOSE_WITHIN = 3.0
"""Seconds in which a client takes what still waits for it and answers the close."""

CLIENT_DISCONNECT = "client disconnect"
SERVER_DISCONNECT = "server disconnect"
PING_TIMEOUT = "ping timeout"
TRANSPORT_CLOSE = "transport close"
TRANSPORT_ERROR = "transport error"


class Keeper(Protocol):
    """The engine, as far as its sessions know it."""

    frame_bytes: int
    outbox_bytes: int
    messages_in_window: float

    told: list[WebSocket]
    """Who was told something in this step of the loop, by `tell`."""

    hear: Callable[[str, Event], None]
    """Takes an event of the Socket.IO namespace `/`, with the sid it has there; does not wait."""

    async def receive(self, socket: WebSocket, data: str | bytes) -> None:
        """Take any other message; the socket's next ones wait until this returns."""
        ...

    def probe(self, polling: Any) -> bool:  # noqa: ANN401 - a session of an untyped library
        """Begin to move a session from polling to a WebSocket; False where it is too late."""
        ...

    def upgrade(self, socket: WebSocket, polling: Any) -> bool:  # noqa: ANN401
        """Let a WebSocket take a session over, with all that waits for it."""
        ...

    def give_up(self, polling: Any) -> None:  # noqa: ANN401
        """Let a session go on polling."""
        ...

    def write_soon(self) -> None:
        """Write to all in `told` what they were told, when this step of the loop is done."""
        ...

    def overflowed(self, socket: WebSocket) -> None:
        """End a socket that does not read."""
        ...

    def lost(self, socket: WebSocket, reason: str) -> None:
        """Forget a session; called once, when it ends."""
        ...

    def release(self, address: str) -> None:
        """A connection from there is gone."""
        ...


class WebSocket(asyncio.Protocol):
    """A client's connection after the handshake; an idle one keeps next to nothing.

    python-engineio takes it for one of its own sockets: it has the attributes and coroutines
    that are used of those. `sid` is the session's, `namespace_sid` that of the namespace `/` once
    the client was let in. While `probed` is set, it is only a candidate for that polling session.
    """

    __slots__ = (
        "_busy",
        "_connections",
        "_engine",
        "_held",
        "_outbox",
        "_parser",
        "_said",
        "_session",
        "_since",
        "address",
        "closed",
        "heard",
        "namespace_sid",
        "now",
        "paused",
        "probed",
        "sid",
        "transport",
        "waiting",
    )

    connected = True
    upgraded = True
    closing = False

    def __init__(
        self,
        engine: Keeper,
        transport: asyncio.Transport,
        connections: set[Any],
        address: str,
    ) -> None:
        self._engine = engine
        self._connections = connections
        self._parser: Parser | None = Parser(engine.frame_bytes)
        """None once there is nothing more to be understood."""
        self._outbox: deque[bytes] | None = None
        self._busy = False
        self._held = False
        self._said = 0
        self._since = 0.0
        self.transport = transport
        self.address = address
        self.probed: Any = None
        self.sid = ""
        self.namespace_sid: str | None = None
        self._session: dict[str, Any] | None = None
        self.closed = False
        self.heard = True
        self.paused = False
        self.waiting = 0
        self.now = b""
        """What it was told in this step of the loop, and is still to be written."""
        connections.add(self)

    # Out.

    def write(self, data: bytes) -> None:
        """Send a frame behind those that wait, with all else that is said in this step."""
        if self.closed:
            return
        if self.paused:
            if self.hold(data):
                self._engine.overflowed(self)
        elif self.now:
            self.now += data
        else:
            self.now = data
            if not self._engine.told:
                self._engine.write_soon()
            self._engine.told.append(self)

    def write_now(self) -> None:
        """Send what it was told in this step."""
        data, self.now = self.now, b""
        if data:
            self.transport.write(data)

    def hold(self, data: bytes) -> bool:
        """Let a frame wait for a slow reader; True where too much waited already."""
        full = self.waiting > self._engine.outbox_bytes
        if self._outbox is None:
            self._outbox = deque()
        self._outbox.append(data)
        self.waiting += len(data)
        return full

    def pause_writing(self) -> None:
        self.paused = True

    def resume_writing(self) -> None:
        self.paused = False
        outbox = self._outbox
        while outbox and not self.paused:
            data = outbox.popleft()
            self.waiting -= len(data)
            self.transport.write(data)
        if not outbox:
            self._outbox = None

    # In.

    def data_received(self, data: bytes) -> None:
        if self._parser is None:
            return
        self._parser.feed(data)
        if not self._busy:
            self._read()
        elif not self._held:
            self._held = True
            self.transport.pause_reading()

    def _read(self) -> None:
        """Take the messages that are there, up to one that must be waited for."""
        if self._said >= self._engine.messages_in_window and self._says_too_much():
            return
        try:
            for _ in range(MESSAGES_AT_ONCE):
                message = self._parser.next() if self._parser else None
                if message is None:
                    self._let_in()
                    return
                self._said += 1
                self._take(*message)
                if self._busy:
                    return
        except Violation as violation:
            self._parser = None
            self._fail(violation.code, violation.reason)
        else:
            self._busy = True
            asyncio.get_running_loop().call_soon(self._go_on)

    def _go_on(self) -> None:
        self._busy = False
        self._read()

    def _says_too_much(self) -> bool:
        """Whether the rest must wait; the client is not read from meanwhile."""
        loop = asyncio.get_running_loop()
        wait = self._since + WINDOW - loop.time()
        if wait <= 0:
            self._said, self._since = 0, loop.time()
            return False
        self._busy = True
        loop.call_later(wait, self._go_on)
        return True

    def _let_in(self) -> None:
        if self._held:
            self._held = False
            if not self.transport.is_closing():
                self.transport.resume_reading()

    def _take(self, opcode: int, data: str | bytes) -> None:
        if opcode == CLOSE:
            self._closed_by_client(cast(bytes, data))
        elif self.closed:
            pass  # What was sent before our close had arrived.
        elif opcode == TEXT:
            self._packet(cast(str, data))
        elif opcode == PING:
            self.write(frame(cast(bytes, data), PONG))
        elif opcode == BINARY:
            self.begin(self._engine.receive(self, data))

    def _packet(self, packet: str) -> None:
        """Take an Engine.IO packet."""
        kind = packet[:1]
        if self.probed is not None:
            self._probe(packet)
        elif kind == "4":
            self._message(packet)
        elif kind == "3":
            self.heard = True
        elif kind == "1":
            self.end(CLIENT_DISCONNECT)
        else:
            self._fail(PROTOCOL_ERROR, "there is no such packet")

    def _message(self, packet: str) -> None:
        try:
            event = None if self.namespace_sid is None else read_event(packet)
        except ValueError:
            self._fail(INVALID_DATA, "this is no event")
            return
        if event is None:
            self.begin(self._engine.receive(self, packet[1:]))
            return
        try:
            self._engine.hear(cast(str, self.namespace_sid), event)
        except Exception:
            log.exception("an event was not handled")

    def begin(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something that may wait; later messages wait behind it."""
        self._busy = True
        carry_out(self._after(work))

    async def _after(self, work: Coroutine[Any, Any, Any]) -> None:
        try:
            await work
        finally:
            self._go_on()

    # From polling.

    def _probe(self, packet: str) -> None:
        polling = self.probed
        if packet == "2probe" and self._engine.probe(polling):
            self.write(PROBED_FRAME)
        elif packet == "5" and self._engine.upgrade(self, polling):
            self.probed = None
        else:
            self._fail(POLICY_VIOLATION, "this session cannot be upgraded")

    def abandon_probe(self) -> None:
        """End a probe that takes too long."""
        if self.probed is not None:
            self.end(TRANSPORT_CLOSE, POLICY_VIOLATION)

    # The end.

    def end(
        self,
        reason: str,
        code: int = NORMAL,
        text: str = "",
        *,
        last: bytes = b"",
        drop: bool = False,
    ) -> None:
        """Say the frame `last` and close; nothing is sent or heard any more.

        `drop` throws away what still waits. A client that does not take its leave is cut off.
        """
        if self.closed:
            return
        if drop and self._outbox is not None:
            self._outbox.clear()
            self.waiting = 0
        said = last + close_frame(code, text)
        self.write_now()
        if self.paused:
            self.hold(said)
        else:
            self.transport.write(said)
        self._forget(reason)
        asyncio.get_running_loop().call_later(CLOSE_WITHIN, self.transport.abort)

    def time_out(self) -> None:
        self.now = b""
        self._forget(PING_TIMEOUT)
        self.transport.abort()

    def ping(self) -> None:
        self.write(PING_FRAME)

    def shutdown(self) -> None:
        """uvicorn stops."""
        self.end(SERVER_DISCONNECT, RESTARTS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self)
        self._engine.release(self.address)
        self._outbox = self._parser = None
        self.now = b""
        self._forget(TRANSPORT_ERROR if exc else TRANSPORT_CLOSE)

    def _fail(self, code: int, text: str) -> None:
        self.end(TRANSPORT_ERROR, code, text)

    def _closed_by_client(self, payload: bytes) -> None:
        if not self.closed:
            self.write(frame(payload[:2], CLOSE))
            self.write_now()
            self._forget(TRANSPORT_CLOSE)
        self.transport.close()

    def _forget(self, reason: str) -> None:
        if self.closed:
            return
        self.closed = True
        if self.probed is not None:
            self._engine.give_up(self.probed)
            self.probed = None
        else:
            self._engine.lost(self, reason)

    # What python-engineio does with a socket.

    @property
    def session(self) -> dict[str, Any]:
        if self._session is None:
            self._session = {}
        return self._session

    @session.setter
    def session(self, session: dict[str, Any]) -> None:
        self._session = session

    async def send(self, pkt: Any) -> None:  # noqa: ANN401
        """Send one of python-engineio's packets."""
        encoded: str | bytes = pkt.encode()
        if isinstance(encoded, str):
            self.write(frame(encoded.encode()))
        else:
            self.write(frame(encoded, BINARY))

    async def close(self, wait: bool = True, abort: bool = False, reason: str = "") -> None:
        self.end(reason or SERVER_DISCONNECT)
