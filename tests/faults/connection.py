"""One WebSocket that speaks Socket.IO, as lean as a crowd of a thousand needs it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from itertools import count
from typing import Any, cast
from urllib.parse import urlsplit

import orjson

from loadtests.frames import CLOSE, PING, PONG, TEXT, Frames, frame, text
from tests.watching.outside import Line

OPEN_WITHIN = 20.0
"""Seconds in which a connection must be let in."""

_REQUEST = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}\r\n"
    "Connection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: bG9hZHRlc3RzIGFyZSBsZQ==\r\n\r\n"
)


class Gone(Exception):
    """The connection ended, or never came about."""


class Connection(asyncio.Protocol):
    """A connection to a node; pings are answered.

    `hear` gets every event's JSON array as it came. `gone` is set at the end, and `code` is that
    of the server's close frame, None where it sent none.
    """

    def __init__(self, token: str, hear: Callable[[bytes], None], line: Line | None = None) -> None:
        self.gone = asyncio.Event()
        self.code: int | None = None
        self._token = token
        self._hear = hear
        self._line = line
        self._frames = Frames()
        self._head: bytes | None = b""
        self._ids = count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._let_in: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport
        self._made = False

    async def open(self, url: str, receive_buffer: int | None = None) -> None:
        """Connect and be let in; raises Gone. `receive_buffer` is the kernel's, in bytes."""
        address = urlsplit(url)
        raw = socket.socket()
        raw.setblocking(False)
        if receive_buffer is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(OPEN_WITHIN):
                await loop.sock_connect(raw, (address.hostname, address.port))
                await loop.create_connection(lambda: self, sock=raw)
                await self._let_in
        except (OSError, TimeoutError) as error:
            if self._made:
                self._transport.abort()  # Who gave up does not stay as a member.
            else:
                raw.close()
            raise Gone(f"{url} does not answer: {error!r}") from None

    async def ask(self, event: str, payload: Any, within: float) -> dict[str, Any]:
        """Send an event and wait for its answer; raises Gone, or TimeoutError."""
        if self.gone.is_set():
            raise Gone
        number = next(self._ids)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        self._send(f"42{number}{orjson.dumps([event, payload]).decode()}")
        try:
            async with asyncio.timeout(within):
                return await answer
        finally:
            self._answers.pop(number, None)

    @property
    def ends(self) -> tuple[tuple[str, int], tuple[str, int]]:
        """The addresses of the server's end and of ours."""
        info = self._transport.get_extra_info
        return info("peername"), info("sockname")

    def stop_reading(self) -> None:
        self._transport.pause_reading()

    def go_on_reading(self) -> None:
        self._transport.resume_reading()

    def cut(self) -> None:
        """Be gone at once, without a farewell."""
        self._transport.abort()

    def _send(self, packet: str) -> None:
        if self._line is not None:
            self._line.sends(packet)
        self._transport.write(text(packet.encode()))

    # asyncio calls these.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self._made = cast(asyncio.Transport, transport), True
        host = "{}:{}".format(*transport.get_extra_info("peername"))
        self._transport.write(_REQUEST.format(host=host).encode())

    def data_received(self, data: bytes) -> None:
        if self._head is not None:
            self._head += data
            if b"\r\n\r\n" not in self._head:
                return
            head, _, data = self._head.partition(b"\r\n\r\n")
            self._head = None
            if not head.startswith(b"HTTP/1.1 101 "):
                self._refused(head.decode())
                return
        for opcode, payload in self._frames.feed(data):
            if opcode == TEXT:
                self.take(payload)
            elif opcode == PING:
                self._transport.write(frame(PONG, payload))
            elif opcode == CLOSE:
                self.code = int.from_bytes(payload[:2]) if payload else None
                self._transport.write(frame(CLOSE, payload[:2]))
                self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone.set()
        self._refused(f"the connection was lost: {exc}")
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(Gone())

    def take(self, packet: bytes) -> None:
        """An Engine.IO packet came."""
        if self._line is not None:
            self._line.gets(packet.decode())
        match packet[:2]:
            case b"42":
                self._hear(packet[2:])
            case b"43":
                number, _, rest = packet[2:].partition(b"[")
                answer = self._answers.get(int(number))
                if answer is not None and not answer.done():
                    answer.set_result(orjson.loads(b"[" + rest)[0])
            case b"40":
                self._let_in.set_result(None)
            case b"44":
                self._refused(packet.decode())
            case b"2":
                self._transport.write(text(b"3"))
            case _ if packet.startswith(b"0"):
                auth = {"token": self._token, "protocol": 1, "client": "tests"}
                self._send("40" + orjson.dumps(auth).decode())
            case _:
                pass

    def _refused(self, why: str) -> None:
        if not self._let_in.done():
            self._let_in.set_exception(Gone(why))
            self._transport.close()
