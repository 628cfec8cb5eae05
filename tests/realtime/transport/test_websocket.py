"""A session over a WebSocket of ours, from its first frame to why it ended."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from realtime.transport.websocket import MESSAGES_AT_ONCE, WebSocket
from tests.realtime.nodes import until
from tests.realtime.transport.bytes import RawSocket, connected, masked
from tests.realtime.transport.echo import EngineEcho, SocketEcho, serving
from tests.realtime.transport.paper import PaperEngine, PaperTransport

SOCKETS = "/socket.io/?EIO=4&transport=websocket"
CALM = {"ping_interval": 25, "ping_timeout": 20}


async def opened(socket: RawSocket) -> RawSocket:
    assert (await socket.text()).startswith("0")
    return socket


# The frames of a session.


async def test_a_message_in_parts_with_a_ping_between_is_heard_whole():
    async with serving(EngineEcho(**CALM)) as address, connected(address) as socket:
        await opened(socket)
        socket.send(masked("4he", fin=False), masked(b"?", 9), masked("llo", 0))

        assert await socket.frame() == (10, b"?")
        assert await socket.text() == "4hello"


async def test_a_close_is_answered_with_its_code():
    async with serving(EngineEcho(**CALM)) as address, connected(address) as socket:
        await opened(socket)
        socket.send(masked(b"\x0f\xa0bye", 8))

        assert await socket.closed() == 4000
        await socket.ended()


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (masked("4x", mask=None), 1002),
        (masked("4x", reserved=4), 1002),
        (masked(b"4\xff"), 1007),
        (masked("4" + "x" * 1_000_001), 1009),
        (masked("7"), 1002),
        (masked("abc"), 1002),
        (masked(""), 1002),
    ],
)
async def test_what_breaks_the_protocol_is_told_by_the_code(sent: bytes, code: int):
    echo = EngineEcho(**CALM)
    async with serving(echo) as address, connected(address) as socket:
        await opened(socket)
        socket.send(sent, "4 this is not heard")

        assert await socket.closed() == code
        assert echo.engine.sockets == {}


async def test_what_is_too_long_is_refused_before_it_is_sent():
    async with serving(EngineEcho(**CALM)) as address, connected(address) as socket:
        await opened(socket)
        socket.send(masked("4", length=b"\x7f" + (1 << 40).to_bytes(8, "big")))

        assert await socket.closed() == 1009


# Whether it is there.


async def test_who_answers_pings_stays_and_who_does_not_is_cut_off():
    echo = EngineEcho(ping_interval=0.1, ping_timeout=0.1)
    async with serving(echo) as address:
        async with connected(address) as socket:
            await opened(socket)
            for _ in range(4):
                assert await socket.text() == "2"
                socket.send("3")
            assert await socket.text() == "2"
            await socket.ended()
        await until(lambda: not echo.engine.sockets)


async def test_a_ping_time_out_waits_for_no_handler():
    echo, reasons = SocketEcho(ping_interval=0.05, ping_timeout=0.05), list[str]()

    async def disconnect(_sid: str, reason: str) -> None:
        reasons.append(reason)
        await asyncio.Event().wait()

    echo.server.on("disconnect", disconnect)
    async with serving(echo) as address, connected(address, SOCKETS) as socket:
        await opened(socket)
        socket.send("40")
        await socket.ended()

        assert echo.engine.sockets == {}
        await until(lambda: reasons == ["ping timeout"])


# Why it ended.


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        ("41", "client disconnect"),
        ("1", "client disconnect"),
        (masked(b"\x03\xe8", 8), "transport close"),
        ("broken", "transport error"),
        (None, "transport close"),
    ],
)
async def test_a_disconnect_says_why(ending: str | bytes | None, reason: str):
    echo, reasons = SocketEcho(**CALM), list[str]()

    async def disconnect(_sid: str, why: str) -> None:
        reasons.append(why)

    echo.server.on("disconnect", disconnect)
    async with serving(echo) as address, connected(address, SOCKETS) as socket:
        await opened(socket)
        socket.send("40")
        assert (await socket.text()).startswith("40")
        if ending is None:
            socket.writer.close()
        else:
            socket.send(ending)
        await until(lambda: reasons == [reason])

    assert reasons == [reason]


async def test_who_the_server_ends_is_told_so():
    echo, reasons = SocketEcho(**CALM), list[str]()

    async def disconnect(_sid: str, why: str) -> None:
        reasons.append(why)

    echo.server.on("disconnect", disconnect)
    async with serving(echo) as address, connected(address, SOCKETS) as socket:
        await opened(socket)
        socket.send("40")
        assert (await socket.text()).startswith("40")
        (sid,) = echo.engine.sockets
        await echo.engine.disconnect(sid)

        assert await socket.closed() == 1000
        await until(lambda: reasons == ["server disconnect"])


# Being let in.


async def test_who_vanishes_while_being_let_in_leaves_no_ghost():
    echo = SocketEcho(**CALM)
    let_in, asked, reasons = asyncio.Event(), asyncio.Event(), list[str]()

    async def connect(_sid: str, _environ: Any, _auth: Any = None) -> None:
        asked.set()
        await let_in.wait()

    async def disconnect(_sid: str, why: str) -> None:
        reasons.append(why)

    echo.server.on("connect", connect)
    echo.server.on("disconnect", disconnect)
    async with serving(echo) as address:
        async with connected(address, SOCKETS) as socket:
            await opened(socket)
            socket.send("40")
            await asyncio.wait_for(asked.wait(), 8)
        await until(lambda: not echo.engine.sockets)
        let_in.set()
        await until(lambda: reasons == ["transport close"])

    assert echo.server.manager.websockets == {}
    assert not any(echo.server.manager.get_participants("/", None))


async def test_what_is_sent_while_being_let_in_waits_and_keeps_its_order():
    echo, let_in = SocketEcho(**CALM), asyncio.Event()

    async def connect(_sid: str, _environ: Any, _auth: Any = None) -> None:
        await let_in.wait()

    echo.server.on("connect", connect)
    async with serving(echo) as address, connected(address, SOCKETS) as socket:
        await opened(socket)
        socket.send("40", *(f'42{at}["message-with-ack",{at}]' for at in range(9)))
        let_in.set()

        assert (await socket.text()).startswith("40")
        assert [await socket.text() for _ in range(9)] == [f"43{at}[{at}]" for at in range(9)]


async def test_a_handlers_fault_is_logged_and_ends_nothing(caplog: pytest.LogCaptureFixture):
    echo = SocketEcho(**CALM)

    async def fail(_sid: str, *_data: Any) -> None:
        raise TypeError("a fault of ours")

    echo.server.on("fail", fail)
    with caplog.at_level(logging.ERROR):
        async with serving(echo) as address, connected(address, SOCKETS) as socket:
            await opened(socket)
            socket.send("40")
            assert (await socket.text()).startswith("40")
            assert (await socket.text()).startswith('42["auth"')
            socket.send('42["fail"]', '421["message-with-ack"]')

            assert await socket.text() == "431[]"

    assert [record.exc_text for record in caplog.records if record.exc_info]


# One among many.


async def test_one_who_says_much_leaves_others_their_turn():
    transport, engine = PaperTransport(), PaperEngine()
    socket = WebSocket(engine, transport, set(), "here")
    socket.namespace_sid = "me"
    socket.data_received(b"".join(masked(f'42["say",{at}]') for at in range(500)))

    assert len(engine.heard) == MESSAGES_AT_ONCE
    socket.data_received(masked('42["say",500]'))
    assert transport.reading is False
    await until(lambda: len(engine.heard) == 501)
    assert [event[1][1] for _, event in engine.heard] == list(range(501))
    await until(lambda: transport.reading)


# A slow reader.


def slow() -> tuple[WebSocket, PaperTransport, PaperEngine]:
    transport, engine = PaperTransport(), PaperEngine()
    socket = WebSocket(engine, transport, set(), "here")
    socket.pause_writing()
    return socket, transport, engine


async def test_what_is_for_a_slow_reader_waits_outside_the_transport_and_keeps_its_order():
    socket, transport, engine = slow()
    for each in (b"a", b"b", b"c"):
        socket.write(each)
    assert (transport.written, socket.waiting) == ([], 3)

    transport.full_after = 2
    transport.when_full = socket.pause_writing
    socket.resume_writing()
    assert (transport.written, socket.waiting) == ([b"a", b"b"], 1)
    socket.write(b"d")
    transport.full_after = 0
    socket.resume_writing()

    assert transport.written == [b"a", b"b", b"c", b"d"]
    assert socket.waiting == 0
    assert engine.over == []


async def test_one_message_may_be_larger_than_what_may_wait_but_nothing_may_wait_behind_it():
    socket, _, engine = slow()
    engine.outbox_bytes = 10

    socket.write(b"x" * 11)
    assert engine.over == []
    socket.write(b"y")
    assert engine.over == [socket]


async def test_last_words_take_the_place_of_what_waits_and_nothing_follows_them():
    socket, transport, engine = slow()
    socket.write(b"old")
    socket.end("server disconnect", 1013, last=b"bye", drop=True)
    socket.write(b"late")
    socket.resume_writing()

    (last,) = transport.written
    assert last.startswith(b"bye\x88")
    assert engine.gone == [(socket, "server disconnect")]


async def test_who_never_answers_a_close_is_cut_off(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("realtime.transport.websocket.CLOSE_WITHIN", 0.01)
    transport = PaperTransport()
    socket = WebSocket(PaperEngine(), transport, set(), "here")
    socket.end("server disconnect")

    await until(lambda: transport.aborted)


async def test_an_idle_session_keeps_next_to_nothing():
    socket = WebSocket(PaperEngine(), PaperTransport(), set(), "here")

    assert not hasattr(socket, "__dict__")
    socket.data_received(masked("3"))
    assert socket.session == {}
