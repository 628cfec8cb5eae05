"""Who gets a WebSocket, and which one."""

from __future__ import annotations

from typing import Any

import aiohttp
import orjson
import pytest

from tests.realtime.nodes import until
from tests.realtime.transport.bytes import connected
from tests.realtime.transport.echo import EngineEcho, serving

SOCKET = "/engine.io/?EIO=4&transport=websocket"
POLLING = "/engine.io/?EIO=4&transport=polling"
CALM = {"ping_interval": 25, "ping_timeout": 20}


async def refusal(address: str, path: str = SOCKET, *headers: str) -> str:
    """The head of the answer to somebody who gets no WebSocket."""
    with pytest.raises(ConnectionRefusedError) as refused:
        async with connected(address, path, *headers):
            pass
    return str(refused.value)


async def test_a_new_session_is_told_its_terms():
    echo = EngineEcho(**CALM)
    async with serving(echo) as address, connected(address, SOCKET) as socket:
        opened = await socket.text()

    terms = orjson.loads(opened[1:])
    assert opened[0] == "0"
    assert len(terms.pop("sid")) >= 20
    assert terms == {
        "upgrades": [],
        "pingInterval": 25_000,
        "pingTimeout": 20_000,
        "maxPayload": 1_000_000,
    }


@pytest.mark.parametrize(
    "path",
    [
        "/engine.io/?transport=websocket",
        "/engine.io/?EIO=3&transport=websocket",
        "/engine.io/?EIO=4",
        "/engine.io/?EIO=4&transport=carrier-pigeon",
        "/engine.io/?EIO=4&transport=websocket&sid=unknown",
    ],
)
async def test_what_the_engine_does_not_speak_is_refused(path: str):
    async with serving(EngineEcho()) as address:
        assert "HTTP/1.1 403" in await refusal(address, path)


async def test_a_handshake_without_a_sound_key_is_refused():
    async with serving(EngineEcho()) as address:
        twice = await refusal(address, SOCKET, "Sec-WebSocket-Key: c2hvcnQ=")

    assert "HTTP/1.1 400" in twice


@pytest.mark.parametrize(
    ("allowed", "origin", "admitted"),
    [
        (None, "{address}", True),
        (None, "http://evil.test", False),
        (["http://shop.test"], "http://shop.test", True),
        (["http://shop.test"], "http://evil.test", False),
        (["http://shop.test"], "null", False),
        ("*", "http://evil.test", True),
        (lambda origin: origin == "http://asked.test", "http://asked.test", True),
        (lambda origin: origin == "http://asked.test", "http://evil.test", False),
    ],
)
async def test_only_admitted_origins_get_a_session(allowed: Any, origin: str, admitted: bool):
    echo = EngineEcho(cors_allowed_origins=allowed)
    async with serving(echo) as address:
        header = f"Origin: {origin.format(address=address)}"
        if admitted:
            async with connected(address, SOCKET, header) as socket:
                assert (await socket.text()).startswith("0")
        else:
            assert "HTTP/1.1 403" in await refusal(address, SOCKET, header)
            assert echo.engine.sockets == {}


async def test_an_upgrade_from_a_foreign_origin_is_refused():
    echo = EngineEcho(cors_allowed_origins=["http://shop.test"])
    async with serving(echo) as address, aiohttp.ClientSession() as http:
        async with http.get(address + POLLING) as opened:
            sid = orjson.loads((await opened.text())[1:])["sid"]
        refused = await refusal(address, f"{SOCKET}&sid={sid}", "Origin: http://evil.test")

        assert "HTTP/1.1 403" in refused
        assert not echo.engine.sockets[sid].upgrading


async def test_other_paths_get_the_applications_own_websockets():
    echo = EngineEcho()
    engine = echo.app

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] != "/shout":
            return await engine(scope, receive, send)
        await receive()
        await send({"type": "websocket.accept"})
        heard = await receive()
        await send({"type": "websocket.send", "text": heard["text"].upper()})
        await receive()

    echo.app = app
    async with serving(echo) as address, aiohttp.ClientSession() as http:
        async with http.ws_connect(f"{address}/shout") as socket:
            await socket.send_str("hear me")
            assert await socket.receive_str(timeout=8) == "HEAR ME"
        async with connected(address, SOCKET) as socket:
            assert (await socket.text()).startswith("0")


async def test_an_address_holds_only_so_many_connections_of_either_kind():
    echo = EngineEcho(per_address=2, **CALM)
    async with serving(echo) as address, aiohttp.ClientSession() as http:
        async with connected(address, SOCKET):
            async with http.get(address + POLLING) as polling:
                assert polling.status == 200
            async with http.get(address + POLLING) as refused:
                assert (refused.status, refused.headers["Retry-After"]) == (429, "5")
                error = orjson.loads(await refused.read())["error"]
            head = await refusal(address)

        assert (error["code"], error["fields"]) == ("rate_limited", {"retry_after": 5})
        assert head.startswith("HTTP/1.1 429 ")
        assert "Retry-After: 5\r\n" in head
        await until(lambda: len(echo.engine.sockets) == 1)
        async with connected(address, SOCKET) as socket:
            assert (await socket.text()).startswith("0")


async def test_a_network_opens_so_many_at_once_and_then_so_many_a_minute():
    echo = EngineEcho(per_address=2, handshakes_per_minute=3, **CALM)
    async with serving(echo) as address, aiohttp.ClientSession() as http:
        for _ in range(2):
            async with connected(address, SOCKET) as socket:
                await socket.text()
            await until(lambda: not echo.engine.sockets)
        head = await refusal(address)
        async with http.get(address + POLLING) as refused:
            assert refused.status == 429
            error = orjson.loads(await refused.read())["error"]

        assert head.startswith("HTTP/1.1 429 ")
        assert "Retry-After: 20\r\n" in head
        assert (error["code"], error["fields"]) == ("rate_limited", {"retry_after": 20})
        other = "X-Forwarded-For: 203.0.113.7"
        async with connected(address, SOCKET, other) as socket:
            assert (await socket.text()).startswith("0")


async def test_the_upgrade_of_a_session_is_no_second_handshake():
    echo = EngineEcho(per_address=2, handshakes_per_minute=1, **CALM)
    async with serving(echo) as address, aiohttp.ClientSession() as http:
        for _ in range(2):
            async with http.get(address + POLLING) as opened:
                sid = orjson.loads((await opened.text())[1:])["sid"]
            async with connected(address, f"{SOCKET}&sid={sid}") as socket:
                socket.send("2probe")
                assert await socket.text() == "3probe"
                socket.send("5")
            await until(lambda: not echo.engine.sockets)
        assert "HTTP/1.1 429" in await refusal(address)


async def test_behind_a_trusted_proxy_the_clients_own_address_counts():
    echo = EngineEcho(per_address=1, **CALM)
    async with serving(echo) as address:
        forwarded = "X-Forwarded-For: 203.0.113.{}"
        async with (
            connected(address, SOCKET, forwarded.format(1)),
            connected(address, SOCKET, forwarded.format(2)),
        ):
            assert "HTTP/1.1 429" in await refusal(address, SOCKET, forwarded.format(1))


async def test_who_leaves_gives_their_place_back_whatever_became_of_them():
    echo = EngineEcho(per_address=1, **CALM)
    async with serving(echo) as address:
        for _ in range(3):
            async with connected(address, SOCKET) as socket:
                await socket.text()
                socket.send("broken")
                await socket.closed()
            await until(lambda: not echo.engine.is_full_for("127.0.0.1"))


async def test_what_a_stopping_server_says_is_that_it_restarts():
    echo = EngineEcho()
    async with serving(echo) as address, connected(address, SOCKET) as socket:
        await socket.text()
        (ours,) = echo.engine.sockets.values()
        ours.shutdown()

        assert await socket.closed() == 1012
