"""The Engine.IO server: polling by python-engineio, WebSockets of our own, one table for both."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from math import ceil, inf
from time import monotonic
from typing import Any, cast

import orjson
from engineio.exceptions import EngineIOError  # pyright: ignore[reportMissingTypeStubs]
from engineio.packet import (  # pyright: ignore[reportMissingTypeStubs]
    CLOSE,
    NOOP,
    OPEN,
    PING,
    PONG,
    Packet,
)
from engineio.payload import Payload  # pyright: ignore[reportMissingTypeStubs]

from domain.errors import RateLimited
from domain.rates import Buckets, network_of
from realtime.tasks import carry_out
from realtime.transport.frames import POLICY_VIOLATION, TRY_AGAIN_LATER, frame
from realtime.transport.library import EngineServer, EngineSocket
from realtime.transport.packets import Event
from realtime.transport.pings import Pings
from realtime.transport.websocket import (
    PING_TIMEOUT,
    SERVER_DISCONNECT,
    TRANSPORT_ERROR,
    WINDOW,
    WebSocket,
)
from realtime.turns import Turns

log = logging.getLogger(__name__)

UPGRADE_WITHIN = 10.0
"""Seconds in which a WebSocket must have taken over from polling."""
COME_BACK_AFTER = 5
"""Seconds after which an address that holds too many connections may try again."""

NO_ENVIRON: dict[str, Any] = {}
"""What python-socketio keeps of a handshake; of our WebSockets' nothing is kept."""

BROKEN = (ValueError, TypeError, IndexError, KeyError)
"""What python-engineio raises at packets that are none."""

# A client that was away sends everything at once; what it may send is bounded in bytes.
cast(Any, Payload).max_decode_packets = 1_000


class _NotOurs(logging.Filter):
    """Keeps out the traces that the engine writes for each frame that is none.

    Anybody who can connect could fill the disk with them.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        return record.msg not in ("Unknown receive error", "post request handler error")


_engine_log = logging.getLogger("deskwire.engine")
_engine_log.setLevel(logging.ERROR)
_engine_log.addFilter(_NotOurs())


class Outbox(asyncio.Queue[Any]):
    """A polling session's queue of packets that knows how many bytes wait in it."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = 0

    def _put(self, item: Any) -> None:  # noqa: ANN401 - packets of an untyped library
        self.waiting += _weight(item)
        super()._put(item)

    def _get(self) -> Any:  # noqa: ANN401
        item = super()._get()
        self.waiting -= _weight(item)
        return item

    def drop(self) -> list[Any]:
        """Take everything out that waits."""
        dropped: list[Any] = []
        while not self.empty():
            dropped.append(self.get_nowait())
            self.task_done()
        return dropped


def _weight(packet: Any) -> int:  # noqa: ANN401
    data = getattr(packet, "data", None)
    return len(data) if isinstance(data, str | bytes) else 64


class Polling(EngineSocket):
    """A session over long polling, or over a WebSocket that the ASGI server holds."""

    def __init__(self, engine: Engine, sid: str, address: str) -> None:
        super().__init__(engine, sid)
        self.engine = engine
        self.address = address
        self.heard = True
        self._asked = False
        """A GET is waiting for packets."""
        self._posting = False
        """A POST is being taken."""
        self._said = 0
        self._since = 0.0
        self._ended = asyncio.get_running_loop().create_future()

    def ping(self) -> None:
        self.queue.put_nowait(Packet(PING))

    def time_out(self) -> None:
        carry_out(self.close(wait=False, reason=PING_TIMEOUT))

    def schedule_ping(self) -> None:
        """The engine asks all sockets, each in its turn."""

    async def check_ping_timeout(self) -> bool:
        return not self.closed

    async def receive(self, pkt: Any) -> None:  # noqa: ANN401
        self._said += 1
        if self._said > self.engine.messages_in_window:
            await self._wait_for_window()
        if self.closed and not self.upgraded:
            return
        if pkt.packet_type == PONG:
            self.heard = True
        else:
            await super().receive(pkt)

    async def _wait_for_window(self) -> None:
        """Hear the rest later; whoever sends it waits for the answer meanwhile."""
        loop = asyncio.get_running_loop()
        wait = max(0.0, self._since + WINDOW - loop.time())
        await asyncio.wait([self._ended], timeout=wait)
        self._said, self._since = 1, loop.time()

    def hurry(self) -> None:
        """Let nothing wait any more: this session ends, or its server."""
        if not self._ended.done():
            self._ended.set_result(None)

    async def handle_get_request(self, environ: Any) -> Any:  # noqa: ANN401
        if environ["asgi.scope"]["type"] == "websocket":
            return await super().handle_get_request(environ)
        if self._asked and not self.upgrading:
            await self.close(wait=False, reason=TRANSPORT_ERROR)
            raise EngineIOError("two polls at once")
        self._asked = True
        try:
            return await super().handle_get_request(environ)
        finally:
            self._asked = False

    def release_poll(self) -> None:
        """Let go of a waiting poll, which would hold its request for another minute."""
        if self._asked:
            self.queue.put_nowait(Packet(NOOP))

    async def handle_post_request(self, environ: Any) -> None:  # noqa: ANN401
        if self._posting:
            raise EngineIOError("two posts at once")
        self._posting = True
        try:
            await super().handle_post_request(environ)
        except BROKEN as error:
            if not self.closed:
                raise EngineIOError("not a packet") from error
        finally:
            self._posting = False

    async def close(
        self, wait: bool = True, abort: bool = False, reason: str | None = None
    ) -> None:
        if self.closed or self.closing:
            return
        self.engine.forget(self)
        self.hurry()
        if abort:
            self.release_poll()
        await super().close(wait=False, abort=abort, reason=reason)
        if self.upgraded:
            self.queue.put_nowait(None)  # Ends the writer, and with it the WebSocket.


class Engine(EngineServer):
    """Keeps the sessions; `frame_bytes` and `outbox_bytes` bound what one may send and leave
    unread, `messages_per_second` how many messages of all kinds, WebSocket's pings too, are heard
    of one, `per_address` how many connections one address may hold; so many its network may open
    at once, and then `handshakes_per_minute`.

    Who speaks Socket.IO on top of it sets `hear`, `overflow` (told of a namespace's sid that does
    not read) and `moved` (told of a session that came from polling).
    """

    def __init__(
        self,
        *,
        outbox_bytes: int = 4_000_000,
        messages_per_second: float = inf,
        per_address: int = 10_000,
        handshakes_per_minute: float = inf,
        **options: Any,  # noqa: ANN401 - the library's
    ) -> None:
        super().__init__(async_mode="asgi", logger=_engine_log, monitor_clients=False, **options)
        self.frame_bytes = self.max_http_buffer_size
        self.outbox_bytes = outbox_bytes
        self.messages_in_window = messages_per_second * WINDOW
        self.per_address = per_address
        self._handshakes = Buckets(handshakes_per_minute / 60, per_address)
        self.hear: Callable[[str, Event], None] = _deaf
        self.overflow: Callable[[str], None] | None = None
        self.moved: Callable[[WebSocket], None] | None = None
        self.told: list[WebSocket] = []
        self.turns = Turns()
        """For those who come."""
        self._pings = Pings(self.ping_interval, self.ping_timeout)
        self._addresses: Counter[str] = Counter()

    async def shutdown(self) -> None:
        self._pings.stop()
        for socket in self.sockets.values():
            if isinstance(socket, Polling):
                socket.hurry()
        await super().shutdown()

    # Who may connect.

    def admits_origin(self, environ: Mapping[str, str]) -> bool:
        """The rule for both ways: `environ` has the headers as WSGI names them."""
        origin = environ.get("HTTP_ORIGIN")
        allowed = self._cors_allowed_origins(environ) if origin else None
        return allowed is None or origin in allowed

    def admit(self, address: str, *, anew: bool) -> None:
        """Let a connection in, which is to be released; one that opens a session comes `anew`.

        Raises RateLimited, with `retry_after`, where an address holds too many, or opened too
        many in too short a time.
        """
        if self.is_full_for(address):
            raise _too_many(COME_BACK_AFTER)
        if anew:
            try:
                self._handshakes.take(network_of(address), monotonic())
            except RateLimited as error:
                raise _too_many(ceil(error.fields["retry_after"])) from None
        self._addresses[address] += 1

    def is_full_for(self, address: str) -> bool:
        return self._addresses[address] >= self.per_address

    def release(self, address: str) -> None:
        self._addresses[address] -= 1
        if self._addresses[address] <= 0:
            del self._addresses[address]

    # Sessions over our own WebSockets.

    def open(self, socket: WebSocket) -> bytes:
        """Begin a session; returns its first frame."""
        socket.sid = self.generate_id()
        self._enter(socket)
        socket.begin(self._trigger_event("connect", socket.sid, NO_ENVIRON, run_async=False))
        return frame(b"0" + orjson.dumps(self._handshake(socket.sid, [])))

    def _enter(self, socket: WebSocket | Polling) -> None:
        self.sockets[socket.sid] = socket
        self._pings.add(socket)

    def write_soon(self) -> None:
        """What a socket is told in one step of the loop, an event and an answer, is one write."""
        asyncio.get_running_loop().call_soon(self._write)

    def _write(self) -> None:
        told, self.told = self.told, []
        for socket in told:
            socket.write_now()

    async def receive(self, socket: WebSocket, data: str | bytes) -> None:
        await self._trigger_event("message", socket.sid, data, run_async=False)

    def overflowed(self, socket: WebSocket) -> None:
        if socket.namespace_sid is not None and self.overflow is not None:
            self.overflow(socket.namespace_sid)
        socket.end(SERVER_DISCONNECT, TRY_AGAIN_LATER, drop=True)

    def lost(self, socket: WebSocket, reason: str) -> None:
        if self.sockets.get(socket.sid) is socket:
            del self.sockets[socket.sid]
            carry_out(self._trigger_event("disconnect", socket.sid, reason, run_async=False))

    def forget(self, polling: Polling) -> None:
        if self.sockets.get(polling.sid) is polling:
            del self.sockets[polling.sid]
            self.release(polling.address)

    # From polling to a WebSocket.

    def consider(self, socket: WebSocket, sid: str) -> None:
        """Let a WebSocket take a session over, if it proves itself in time."""
        polling = self.sockets.get(sid)
        if isinstance(polling, Polling) and _may_move(polling):
            socket.probed = polling
            asyncio.get_running_loop().call_later(UPGRADE_WITHIN, socket.abandon_probe)
        else:
            socket.end(TRANSPORT_ERROR, POLICY_VIOLATION, "this session cannot be upgraded")

    def probe(self, polling: Polling) -> bool:
        if not _may_move(polling):
            return False
        polling.upgrading = True  # From now on, polls are answered at once, with nothing.
        polling.release_poll()
        return True

    def give_up(self, polling: Polling) -> None:
        polling.upgrading = False

    def upgrade(self, socket: WebSocket, polling: Polling) -> bool:
        if self.sockets.get(polling.sid) is not polling or not polling.upgrading:
            return False
        polling.upgraded, polling.upgrading = True, False
        polling.closed = True
        self.release(polling.address)
        socket.sid, socket.session = polling.sid, polling.session
        self._enter(socket)
        waiting = polling.queue.drop()
        polling.release_poll()
        if self.moved is not None:
            self.moved(socket)
        for packet in waiting:
            if packet.packet_type == CLOSE:
                socket.end(SERVER_DISCONNECT)
            elif packet.packet_type != NOOP:
                socket.write(frame(packet.encode().encode()))
        return True

    # What python-engineio would do otherwise.

    async def handle_request(self, scope: Any, receive: Any, send: Any) -> Any:  # noqa: ANN401
        if b"transport=" not in scope.get("query_string", b""):
            scope = {**scope, "query_string": b"transport=none"}  # It would take it for polling.
        try:
            return await super().handle_request(scope, receive, send)
        except BROKEN as error:
            log.debug("a socket sent what is no packet: %r", error)
            return ""

    async def _handle_connect(
        self, environ: dict[str, Any], transport: str, jsonp_index: int | None = None
    ) -> Any:  # noqa: ANN401
        address = address_of(environ["asgi.scope"].get("client"))
        try:
            self.admit(address, anew=True)
        except RateLimited as error:
            return refusal_of(error)
        polling = Polling(self, self.generate_id(), address)
        self._enter(polling)
        upgrades = self._upgrades(polling.sid, transport)
        await polling.send(Packet(OPEN, self._handshake(polling.sid, upgrades)))
        if await self._trigger_event("connect", polling.sid, environ, run_async=False) is False:
            self.forget(polling)
            return self._bad_request()
        if transport == "websocket":
            return await polling.handle_get_request(environ)
        polling.connected = True
        return self._ok(await polling.poll(), jsonp_index=jsonp_index)

    async def disconnect(self, sid: str | None = None) -> None:
        """End a session now; stock waits until the client fetched what it has, maybe for ever."""
        socket = self.sockets.get(sid or "")
        if socket is not None:
            await socket.close(wait=False, reason=SERVER_DISCONNECT)

    def create_queue(self, *args: Any, **kwargs: Any) -> Outbox:  # noqa: ANN401
        return Outbox()

    def _method_not_found(self) -> dict[str, Any]:
        return self._bad_request()

    def _ok(self, packets: Any = None, **named: Any) -> dict[str, Any]:  # noqa: ANN401
        answer = super()._ok(packets, **named)
        return answer if packets is not None else {**answer, "response": b"ok"}

    def _handshake(self, sid: str, upgrades: list[str]) -> dict[str, Any]:
        return {
            "sid": sid,
            "upgrades": upgrades,
            "pingInterval": int(self.ping_interval * 1000),
            "pingTimeout": int(self.ping_timeout * 1000),
            "maxPayload": self.frame_bytes,
        }


def address_of(client: tuple[str, int] | None) -> str:
    """Where a connection comes from, behind our own proxies."""
    return client[0] if client else ""


def _too_many(wait: int) -> RateLimited:
    return RateLimited("Too many connections from your network.", fields={"retry_after": wait})


def refusal_of(error: RateLimited) -> dict[str, Any]:
    """An answer that refuses a connection, as python-engineio writes answers."""
    wait = str(error.fields["retry_after"])
    return {
        "status": "429 Too Many Requests",
        "headers": [("Content-Type", "application/json"), ("Retry-After", wait)],
        "response": orjson.dumps({"error": error.as_dict()}),
    }


def _deaf(sid: str, event: Event) -> None:
    """Without Socket.IO, there is no namespace to hear events of."""


def _may_move(polling: Polling) -> bool:
    return polling.connected and not (polling.upgrading or polling.upgraded or polling.closing)
