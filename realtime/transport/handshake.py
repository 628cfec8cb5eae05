"""The seam to uvicorn: which protocol a WebSocket gets, once its handshake is judged."""

from __future__ import annotations

import asyncio
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from hashlib import sha1
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

from domain.errors import RateLimited
from realtime.transport.engine import Engine, address_of, refusal_of
from realtime.transport.websocket import WebSocket

if TYPE_CHECKING:
    from uvicorn import Config
    from uvicorn.server import ServerState

ABNORMAL = 1006
MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Handshake(asyncio.Protocol):
    """What uvicorn makes for a request to upgrade; hands over at once, and forwards until it did.

    A session for the engine under `path` gets a WebSocket of ours. Everything else gets
    uvicorn's own protocol and with it the ASGI application: other paths, and what the engine
    refuses, which says so in its own way.
    """

    def __init__(
        self,
        engine: Engine,
        path: str,
        *,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
    ) -> None:
        self._engine = engine
        self._path = path
        self._config = config
        self._server_state = server_state
        self._app_state = app_state
        self._transport: asyncio.Transport = cast(Any, None)
        self._next: asyncio.Protocol | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._next is not None:
            self._next.data_received(data)
            return
        self._next = self._choose(data)
        # After this, uvicorn makes us the transport's protocol.
        asyncio.get_running_loop().call_soon(self._transport.set_protocol, self._next)

    def pause_writing(self) -> None:
        if self._next is not None:
            self._next.pause_writing()

    def resume_writing(self) -> None:
        if self._next is not None:
            self._next.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._next is not None:
            self._next.connection_lost(exc)

    def _choose(self, request: bytes) -> asyncio.Protocol:
        head = _Head(request)
        key = _accepted_key(head.environ)
        if head.path != self._path or key is None or not self._admits(head):
            return self._uvicorns(request)
        address = self._address(head)
        try:
            self._engine.admit(address, anew="sid" not in head.query)
        except RateLimited as error:
            self._transport.write(_refusal(error))
            self._transport.close()
            return asyncio.Protocol()
        return self._upgrade(head, key, address)

    def _admits(self, head: _Head) -> bool:
        query = head.query
        if head.method != "GET" or query.get("transport") != ["websocket"]:
            return False
        if "sid" in query:
            known = query["sid"][0] in self._engine.sockets
        else:
            known = query.get("EIO") == ["4"]
        return known and self._engine.admits_origin(head.environ)

    def _upgrade(self, head: _Head, key: bytes, address: str) -> WebSocket:
        engine, transport = self._engine, self._transport
        connections = cast("set[Any]", self._server_state.connections)
        socket = WebSocket(engine, transport, connections, address)
        if "sid" not in head.query:
            transport.write(_switching(key) + engine.open(socket))
            return socket
        transport.write(_switching(key))
        engine.consider(socket, head.query["sid"][0])
        return socket

    def _uvicorns(self, request: bytes) -> asyncio.Protocol:
        protocol = _Uvicorns(
            config=self._config, server_state=self._server_state, app_state=self._app_state
        )
        protocol.connection_made(self._transport)
        protocol.data_received(request)
        return protocol

    def _address(self, head: _Head) -> str:
        """Where the client is, as uvicorn tells the application behind trusted proxies."""
        peer = address_of(self._transport.get_extra_info("peername"))
        trusted: Any = getattr(cast(Any, self._config).loaded_app, "trusted_hosts", ())
        forwarded = head.environ.get("HTTP_X_FORWARDED_FOR")
        if forwarded is None or peer not in trusted:
            return peer
        return trusted.get_trusted_client_address(forwarded)[0] or peer


class _Uvicorns(WebSocketsSansIOProtocol):
    """uvicorn's own, which takes what follows a refusal, or no handshake at all, for a fault."""

    def data_received(self, data: bytes) -> None:
        try:
            super().data_received(data)
        except (AssertionError, InvalidState):
            self.queue.put_nowait({"type": "websocket.disconnect", "code": ABNORMAL})
            self.transport.abort()


class _Head:
    """A request's head, as uvicorn writes it out again after it has parsed it."""

    def __init__(self, request: bytes) -> None:
        first, *fields = request.decode("latin-1").split("\r\n")
        self.method, target, _ = first.split(" ")
        self.path, _, query = target.partition("?")
        self.query = parse_qs(query)
        self.environ: dict[str, str] = {"wsgi.url_scheme": "http"}
        for field in fields:
            name, _, value = field.partition(": ")
            key = "HTTP_" + name.upper().replace("-", "_")
            self.environ[key] = f"{self.environ[key]},{value}" if key in self.environ else value
        self.environ["wsgi.url_scheme"] = self.environ.get("HTTP_X_FORWARDED_PROTO", "http")


def _accepted_key(environ: Mapping[str, str]) -> bytes | None:
    """The answer to a sound handshake's key."""
    key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
    try:
        sound = len(b64decode(key, validate=True)) == 16
    except (NotBase64, ValueError):
        return None
    if not sound or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
        return None
    return b64encode(sha1(key.encode() + MAGIC, usedforsecurity=False).digest())


def _switching(key: bytes) -> bytes:
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: %b\r\n\r\n" % key
    )


def _refusal(error: RateLimited) -> bytes:
    answer = refusal_of(error)
    fields = "".join(f"{name}: {value}\r\n" for name, value in answer["headers"])
    body: bytes = answer["response"]
    head = f"HTTP/1.1 {answer['status']}\r\n{fields}Content-Length: {len(body)}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode() + body
