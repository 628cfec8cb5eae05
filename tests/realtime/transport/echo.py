"""Apps that say back what they hear, for the official protocol suites and for clients in tests.

`python -m tests.realtime.transport.echo socket.io` serves on port 3000, as the suites expect.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

import engineio
import socketio
import uvicorn
import uvloop

from realtime.tasks import carry_out
from realtime.transport.engine import Engine
from realtime.transport.handshake import Handshake
from realtime.transport.server import Server
from tests.realtime.nodes import Server as Uvicorn
from tests.realtime.nodes import until

OPEN: dict[str, Any] = {"ping_interval": 0.3, "ping_timeout": 0.2, "cors_allowed_origins": "*"}
"""To everybody, with the suites' pings."""


class EngineEcho:
    """Engine.IO without Socket.IO."""

    path = "/engine.io/"

    def __init__(self, **options: Any) -> None:
        self.engine = Engine(**(OPEN | options))
        self.engine.on("message", self._echo)
        self.app: Any = engineio.ASGIApp(self.engine)

    async def _echo(self, sid: str, data: Any) -> None:
        await cast(Any, self.engine).send(sid, data)

    def websocket(self, **uvicorns: Any) -> asyncio.Protocol:
        return Handshake(self.engine, self.path, **uvicorns)


class SocketEcho:
    """What the Socket.IO suite asks of a server, in its two namespaces."""

    path = "/socket.io/"

    def __init__(self, **options: Any) -> None:
        self.server = Server(**({"hello_within": 3.0} | OPEN | options))
        self.engine = self.server.eio
        self.app: Any = socketio.ASGIApp(self.server)
        for namespace in ("/", "/custom"):
            self._answer(namespace)

    def _answer(self, namespace: str) -> None:
        server: Any = self.server

        async def connect(sid: str, _environ: Any, auth: Any = None) -> None:
            carry_out(greet(sid, auth))

        async def greet(sid: str, auth: Any) -> None:
            # The suite listens for this only once it has seen the answer to its CONNECT, and would
            # miss what comes with it in one piece.
            await asyncio.sleep(0.02)
            await server.emit("auth", auth or {}, to=sid, namespace=namespace)

        async def message(sid: str, *data: Any) -> None:
            await server.emit("message-back", data, to=sid, namespace=namespace)

        async def message_with_ack(_sid: str, *data: Any) -> tuple[Any, ...]:
            return data

        server.on("connect", connect, namespace=namespace)
        server.on("message", message, namespace=namespace)
        server.on("message-with-ack", message_with_ack, namespace=namespace)

    def websocket(self, **uvicorns: Any) -> asyncio.Protocol:
        return self.server.websocket(**uvicorns)


@asynccontextmanager
async def serving(
    echo: EngineEcho | SocketEcho, port: int = 0, host: str = "127.0.0.1"
) -> AsyncGenerator[str]:
    """Serve an app of the above; gives its address."""
    config = uvicorn.Config(
        echo.app, log_level="error", lifespan="off", ws=cast(Any, echo.websocket)
    )
    server = Uvicorn(config)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    await until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        await echo.engine.shutdown()
        server.done.set()
        await running
        listening.close()


async def main(protocol: str, port: int) -> None:
    echo = EngineEcho() if protocol == "engine.io" else SocketEcho()
    async with serving(echo, port, "127.0.0.1") as address:
        print("serving", address, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("protocol", choices=["engine.io", "socket.io"])
    arguments.add_argument("--port", type=int, default=3000)
    given = arguments.parse_args()
    uvloop.run(main(given.protocol, given.port))
