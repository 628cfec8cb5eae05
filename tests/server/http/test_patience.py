"""Connections that ask slowly, or too much, against a real server and raw sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import orjson
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from uvicorn.server import ServerState
from websockets.asyncio.client import connect

from server.http.patience import Patience, PatientProtocol
from tests.realtime.nodes import until

DEADLINE = 10.0
SHORT = Patience(head_seconds=0.1, head_bytes=4096, head_fields=20, body_seconds=0.1, body_bytes=10)


class House:
    """What the application was asked, and the doors that a test holds shut."""

    def __init__(self) -> None:
        self.port = 0
        self.gone = asyncio.Event()
        self.go_on = asyncio.Event()
        self.connections: set[Any] = set()

    async def echo(self, request: Request) -> PlainTextResponse:
        try:
            body = await request.body()
        except ClientDisconnect:
            self.gone.set()
            raise
        return PlainTextResponse(body.decode())

    async def poll(self, _request: Request) -> PlainTextResponse:
        await self.go_on.wait()
        return PlainTextResponse("at last")

    async def busy(self, request: Request) -> PlainTextResponse:
        """Reads nothing for as long as the test says."""
        await self.go_on.wait()
        return PlainTextResponse(str(len(await request.body())))

    async def large(self, _request: Request) -> PlainTextResponse:
        """More than the buffers on the way hold."""
        return PlainTextResponse("x" * 16 * 1024 * 1024)

    async def refuse(self, _request: Request) -> PlainTextResponse:
        return PlainTextResponse("no", 403)

    async def talk(self, socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(await socket.receive_text())
        await socket.close()

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/echo", self.echo, methods=["POST"]),
                Route("/poll", self.poll),
                Route("/busy", self.busy, methods=["POST"]),
                Route("/large", self.large),
                Route("/refuse", self.refuse, methods=["POST"]),
                WebSocketRoute("/talk", self.talk),
            ]
        )


@asynccontextmanager
async def serving(patience: Patience) -> AsyncGenerator[House]:
    house = House()
    protocol = type("Protocol", (PatientProtocol,), {"patience": patience})
    config = uvicorn.Config(guarded(house.app()), lifespan="off", log_config=None)
    config.load()
    state = ServerState()

    def connect() -> PatientProtocol:
        return protocol(config=config, server_state=state, app_state={})

    server = await asyncio.get_running_loop().create_server(connect, "127.0.0.1", 0)
    house.connections = state.connections
    house.port = server.sockets[0].getsockname()[1]
    yield house
    house.go_on.set()
    server.close()
    async with asyncio.timeout(DEADLINE):
        await asyncio.gather(*state.tasks)


def guarded(app: Starlette) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> None:
        try:
            await app(scope, receive, send)
        except ClientDisconnect:
            return

    return call


@pytest.fixture
async def house() -> AsyncGenerator[House]:
    async with serving(SHORT) as house:
        yield house


class Line(asyncio.Protocol):
    """A raw connection, and what came over it."""

    def __init__(self) -> None:
        self._transport: Any = None
        self._got = bytearray()
        self._more = asyncio.Event()
        self.ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        self._more.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended = True
        self._more.set()

    def send(self, data: bytes) -> None:
        self._transport.write(data)

    async def drip(self, data: bytes, every: float, size: int = 1) -> None:
        """Send byte by byte, until there is an answer or an end."""
        for start in range(0, len(data), size):
            if self._got or self.ended:
                return
            self.send(data[start : start + size])
            await asyncio.sleep(every)  # What is tested is how slowly it comes.

    async def answer(self) -> tuple[int, bytes]:
        """The status and body of an answer that says its length."""
        await self._until(lambda: b"\r\n\r\n" in self._got)
        head, _, _ = bytes(self._got).lower().partition(b"\r\n\r\n")
        begin = len(head) + 4
        end = begin + int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
        await self._until(lambda: len(self._got) >= end)
        body = bytes(self._got[begin:end])
        del self._got[:end]
        return int(head.split()[1]), body

    async def hear(self, words: bytes) -> None:
        """Wait for exactly this, and take it."""
        await self._until(lambda: len(self._got) >= len(words))
        assert bytes(self._got) == words
        self._got.clear()

    async def rest(self) -> bytes:
        """Everything until the other side ends the connection."""
        await self._until(lambda: self.ended)
        return bytes(self._got)

    async def _until(self, there: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE):
            while not there():
                assert not self.ended, f"ended after {bytes(self._got)!r}"
                self._more.clear()
                await self._more.wait()

    def close(self) -> None:
        self._transport.abort()


@asynccontextmanager
async def line(house: House) -> AsyncGenerator[Line]:
    loop = asyncio.get_running_loop()
    _, connected = await loop.create_connection(Line, "127.0.0.1", house.port)
    yield connected
    connected.close()


def error_of(answer: tuple[int, bytes]) -> tuple[int, str]:
    status, body = answer
    content: dict[str, Any] = orjson.loads(body)
    assert set(content["error"]) == {"code", "message", "fields", "retryable"}
    return status, content["error"]["code"]


POST = b"POST /echo HTTP/1.1\r\nHost: desk\r\nContent-Length: 1000\r\n\r\n"


async def test_who_connects_and_says_nothing_is_let_go(house: House):
    async with line(house) as silent:
        assert await silent.rest() == b""


@pytest.mark.parametrize("start", [b"G", b"GET /poll HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: d"])
async def test_a_head_that_does_not_come_to_its_end_is_refused(house: House, start: bytes):
    async with line(house) as slow:
        slow.send(start)

        assert error_of(await slow.answer()) == (408, "retryable")
        assert await slow.rest() == b""


async def test_a_head_byte_by_byte_is_refused_however_steadily_it_comes(house: House):
    async with line(house) as slow:
        await slow.drip(b"GET /poll HTTP/1.1\r\nX-Long: " + b"a" * 500, every=0.01)

        assert error_of(await slow.answer()) == (408, "retryable")


async def test_line_ends_alone_do_not_keep_a_connection(house: House):
    async with line(house) as used:
        used.send(POST.replace(b"1000", b"2") + b"hi")
        assert await used.answer() == (200, b"hi")

        await used.drip(b"\r\n" * 500, every=0.01)

        assert await used.rest() == b""


async def test_a_body_that_stops_is_refused_and_its_handler_told(house: House):
    async with line(house) as slow:
        slow.send(POST + b"some")

        assert error_of(await slow.answer()) == (408, "retryable")
        assert await slow.rest() == b""
        async with asyncio.timeout(DEADLINE):
            await house.gone.wait()


async def test_a_body_that_only_drips_is_refused():
    async with serving(replace(SHORT, body_bytes=100)) as house, line(house) as slow:
        slow.send(POST)
        await slow.drip(b"a" * 900, every=0.01)

        assert error_of(await slow.answer()) == (408, "retryable")


async def test_a_body_that_makes_progress_takes_as_long_as_it_needs():
    limit = 0.4
    patience = replace(SHORT, body_seconds=limit, body_bytes=1)
    async with serving(patience) as house, line(house) as slow:
        slow.send(POST.replace(b"1000", b"50"))
        began = asyncio.get_running_loop().time()
        await slow.drip(b"a" * 50, every=0.02)

        assert await slow.answer() == (200, b"a" * 50)
        assert asyncio.get_running_loop().time() - began > 2 * limit


async def test_a_body_that_nobody_wants_any_more_does_not_keep_the_connection(house: House):
    async with line(house) as slow:
        slow.send(POST.replace(b"/echo", b"/refuse"))
        assert await slow.answer() == (403, b"no")

        await slow.drip(b"a" * 900, every=0.02)

        assert await slow.rest() == b""


async def test_while_the_server_does_not_read_a_body_is_not_late():
    size = 400_000
    async with serving(replace(SHORT, body_bytes=100_000)) as house, line(house) as fast:
        fast.send(POST.replace(b"/echo", b"/busy").replace(b"1000", b"%d" % size))
        fast.send(b"a" * size)
        await several_limits(house)
        house.go_on.set()

        assert await fast.answer() == (200, b"%d" % size)


async def test_who_waits_to_be_asked_for_a_body_is_not_late(house: House):
    async with line(house) as polite:
        head = POST.replace(b"/echo", b"/busy").replace(b"1000", b"5")
        polite.send(head.replace(b"Host", b"Expect: 100-continue\r\nHost"))
        await several_limits(house)
        house.go_on.set()
        await polite.hear(b"HTTP/1.1 100 Continue\r\n\r\n")
        polite.send(b"hello")

        assert await polite.answer() == (200, b"5")


async def several_limits(house: House) -> None:
    """Return when the server has let go of three silent connections, one after another."""
    for _ in range(3):
        async with line(house) as silent:
            assert await silent.rest() == b""


async def test_a_long_poll_may_wait(house: House):
    async with line(house) as polling:
        polling.send(b"GET /poll HTTP/1.1\r\nHost: desk\r\n\r\n")
        await several_limits(house)
        house.go_on.set()

        assert await polling.answer() == (200, b"at last")


async def test_a_long_poll_is_not_cut_off_by_a_half_request_behind_it(house: House):
    async with line(house) as polling:
        polling.send(b"GET /poll HTTP/1.1\r\nHost: desk\r\n\r\nGET /po")
        await several_limits(house)
        house.go_on.set()

        assert await polling.answer() == (200, b"at last")


async def test_a_websocket_may_be_silent(house: House):
    async with connect(f"ws://127.0.0.1:{house.port}/talk") as socket:
        await several_limits(house)
        await socket.send("still here")

        assert await socket.recv() == "still here"


@pytest.mark.parametrize(
    "head",
    [
        b"GET /poll HTTP/1.1\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(21)),
        b"GET /poll HTTP/1.1\r\nX-Large: " + b"a" * 4096 + b"\r\n",
        b"GET /poll?" + b"a" * 4096 + b" HTTP/1.1\r\n",
    ],
)
async def test_a_head_that_is_too_large_is_refused(house: House, head: bytes):
    async with line(house) as greedy:
        greedy.send(head + b"\r\n")

        assert error_of(await greedy.answer()) == (431, "too_large")
        assert await greedy.rest() == b""


async def test_a_header_without_an_end_is_refused_before_it_fills_the_memory():
    async with serving(replace(SHORT, head_seconds=60)) as house, line(house) as greedy:
        greedy.send(b"GET /poll HTTP/1.1\r\nX-Large: ")
        await greedy.drip(b"a" * 1_000_000, every=0.01, size=1000)

        assert error_of(await greedy.answer()) == (431, "too_large")


async def test_what_is_no_request_is_refused_in_the_one_shape(house: House):
    async with line(house) as stranger:
        stranger.send(b"hello there\r\n\r\n")

        assert error_of(await stranger.answer()) == (400, "invalid")


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the system cannot tell")
async def test_who_takes_nothing_of_an_answer_is_cut_off():
    async with serving(replace(SHORT, answer_seconds=0.2)) as house:
        loop = asyncio.get_running_loop()
        with socket.create_connection(("127.0.0.1", house.port)) as deaf:
            deaf.setblocking(False)
            await loop.sock_sendall(deaf, b"GET /large HTTP/1.1\r\nHost: desk\r\n\r\n")
            await until(lambda: house.connections)

            await until(lambda: not house.connections)


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the system cannot tell")
async def test_who_takes_an_answer_slowly_gets_all_of_it():
    async with serving(replace(SHORT, answer_seconds=0.5)) as house:
        loop = asyncio.get_running_loop()
        with socket.create_connection(("127.0.0.1", house.port)) as slow:
            slow.setblocking(False)
            await loop.sock_sendall(slow, b"GET /large HTTP/1.1\r\nHost: desk\r\n\r\n")
            got = 0
            async with asyncio.timeout(DEADLINE):
                while got < 16 * 1024 * 1024:
                    got += len(await loop.sock_recv(slow, 1024 * 1024))
                    await asyncio.sleep(0.05)  # What is tested is how slowly it is taken.
