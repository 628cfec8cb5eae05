"""How long a connection may take: nobody holds one by sending slowly or too much, nor by taking
nothing of what they asked for."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from domain.errors import Code, DomainError


@dataclass(frozen=True)
class Patience:
    """`body_bytes` must come within each `body_seconds`, until the body is complete.

    A head is the request line and all headers; its bytes are those of names and values. Whoever
    takes nothing of an answer for `answer_seconds` is cut off, where the system can tell.
    """

    head_seconds: float = 10.0
    head_bytes: int = 32 * 1024
    head_fields: int = 100
    body_seconds: float = 20.0
    body_bytes: int = 10_000
    answer_seconds: float = 60.0


class _HeadTooLarge(Exception):
    pass


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's HTTP, which itself waits for ever, with limits on what is still to come.

    A request that is complete may take as long as it needs, as long polls do; a connection that
    became a WebSocket is not ours any more. Where reading is paused, it is us who are slow.
    """

    patience: ClassVar = Patience()

    _late_head: asyncio.TimerHandle | None = None
    _late_body: asyncio.TimerHandle | None = None
    _in_head = False
    _in_body = False
    _fields = 0
    _head_bytes = 0
    _unparsed = 0
    """What came of a head since its first chunk: the parser keeps a value until it is whole."""
    _body_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._bound_answers(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._late_head, self._late_body):
            if timer:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        went_on = self._in_head
        super().data_received(data)
        if not self._ours():
            return
        if self._in_head and went_on:
            self._unparsed += len(data)
            if self._unparsed > self.patience.head_bytes:
                self._refuse_head()
                return
        if self._in_body:
            self._expect_body()
        elif self._in_head or not self._answering():
            self._expect_head()  # Also for line ends alone, which begin no request.

    # The parser's callbacks.

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._fields = self._head_bytes = self._unparsed = 0

    def on_url(self, url: bytes) -> None:
        self._count(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._fields += 1
        self._count(name, value)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head, self._in_body = False, True
        if self._late_head:
            self._late_head.cancel()
            self._late_head = None
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_body = False
        if self._late_body:
            self._late_body.cancel()
            self._late_body = None
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """What uvicorn does about a request that cannot be parsed, in our error's shape."""
        if self._over():
            self._refuse_head()
        else:
            self._end(HTTPStatus.BAD_REQUEST, DomainError(msg))

    # Waiting.

    def _bound_answers(self, transport: asyncio.Transport) -> None:
        """Have the system watch: it knows what was taken, also after we closed the connection."""
        connection = transport.get_extra_info("socket")
        if hasattr(socket, "TCP_USER_TIMEOUT") and connection.family != socket.AF_UNIX:
            milliseconds = int(self.patience.answer_seconds * 1000)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)

    def _expect_head(self) -> None:
        if self._late_head is None:
            self._late_head = self.loop.call_later(self.patience.head_seconds, self._head_is_late)

    def _head_is_late(self) -> None:
        self._late_head = None
        if not self._ours():
            return
        if self._answering():  # The earlier request's answer is not to be cut off.
            self._expect_head()
        elif self._in_head:
            self._end(HTTPStatus.REQUEST_TIMEOUT, _slow("request line and headers"))
        else:
            self.transport.close()

    def _expect_body(self) -> None:
        if self._late_body is None:
            # Nothing can come while we do not read.
            self._body_bytes = self.patience.body_bytes if self.flow.read_paused else 0
            self._late_body = self.loop.call_later(self.patience.body_seconds, self._body_is_late)

    def _body_is_late(self) -> None:
        self._late_body = None
        if not self._ours():
            return
        ours = self.flow.read_paused or self.cycle.waiting_for_100_continue
        if ours or self._body_bytes >= self.patience.body_bytes:
            self._expect_body()
        else:
            self._end(HTTPStatus.REQUEST_TIMEOUT, _slow("body"))

    # Ending.

    def _count(self, *parts: bytes) -> None:
        self._head_bytes += sum(map(len, parts))
        if self._over():
            raise _HeadTooLarge

    def _over(self) -> bool:
        limits = self.patience
        return self._fields > limits.head_fields or self._head_bytes > limits.head_bytes

    def _refuse_head(self) -> None:
        limits = self.patience
        message = (
            f"The request line and headers are more than the {limits.head_bytes:,} bytes "
            f"or {limits.head_fields} fields allowed."
        )
        self._end(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            DomainError(message, code=Code.TOO_LARGE, fields={"limit": limits.head_bytes}),
        )

    def _end(self, status: HTTPStatus, error: DomainError) -> None:
        """Answer where nothing was answered yet, and end the connection."""
        cycle = self.cycle
        if self._answering():
            cycle.disconnected = True
            cycle.message_event.set()
        if self._answering() and cycle.response_started:
            self.transport.abort()
            return
        if not (self._in_body and cycle.response_complete):
            self.transport.write(_answer(status, error))
        self.transport.close()

    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete  # pyright: ignore[reportUnnecessaryComparison]

    def _ours(self) -> bool:
        """Neither ended nor a WebSocket by now."""
        return self in self.connections and not self.transport.is_closing()


def _slow(what: str) -> DomainError:
    return DomainError(f"The {what} came too slowly; send it again.", code=Code.RETRYABLE)


def _answer(status: HTTPStatus, error: DomainError) -> bytes:
    body = orjson.dumps({"error": error.as_dict()})
    head = (
        f"HTTP/1.1 {status} {status.phrase}\r\n"
        "content-type: application/json\r\n"
        f"content-length: {len(body)}\r\n"
        "cache-control: no-store\r\n"
        "connection: close\r\n\r\n"
    )
    return head.encode() + body
