"""A node: one process that serves HTTP and sockets."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from types import FrameType
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp

from realtime.turns import Turns
from server import garbage
from server.app import make_app
from server.composition import compose
from server.http.doorstep import Doorstep
from server.http.patience import PatientProtocol
from server.settings import Settings
from server.start import start

LAST_WORDS_SECONDS = 5
"""How long a stop waits for requests on their way; the supervisor waits for longer."""


class Node(uvicorn.Server):
    """Ends by returning, where uvicorn would raise its signal again and skip the clean-up.

    `dismiss` ends what would otherwise keep connections open.
    """

    def __init__(self, config: uvicorn.Config, dismiss: Callable[[], None]) -> None:
        super().__init__(config)
        self._dismiss = dismiss
        self._leaving = asyncio.Event()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._leaving.set()

    async def main_loop(self) -> None:
        """uvicorn looks ten times a second whether it is to stop, half of an idle node's work;
        this one hears of it, and wakes for the date in the answers' heads."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._leaving.wait()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print("serving", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        self._dismiss()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        loop = asyncio.get_running_loop()
        signals = (signal.SIGINT, signal.SIGTERM)
        for each in signals:
            loop.add_signal_handler(each, self.handle_exit, each, None)
        try:
            yield
        finally:
            for each in signals:
                loop.remove_signal_handler(each)


def serving(
    app: ASGIApp,
    settings: Settings,
    dismiss: Callable[[], None],
    websocket: Callable[..., asyncio.Protocol],
) -> Node:
    """The server of an application; compression per message would cost a third of its speed.

    `websocket` makes the protocol of each request to upgrade, where the settings want ours.
    """
    return Node(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            http=cast(Any, partial(Doorstep, PatientProtocol, Turns())),
            ws=cast(Any, websocket) if settings.sockets == "slim" else "websockets-sansio",
            ws_max_size=settings.socket_frame_bytes,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies),
            timeout_graceful_shutdown=LAST_WORDS_SECONDS,
        ),
        dismiss,
    )


async def serve(settings: Settings, listening: socket.socket | None = None) -> None:
    """Serve until a signal, on the settings' port or a socket that is there.

    Requests on their way are answered before the parts are let go.
    """
    async with compose(settings) as parts:
        app = make_app(parts)
        garbage.begin()
        connections = parts.realtime.connections
        cleaning = garbage.Cleaning(lambda: len(connections))
        following = [
            asyncio.create_task(each)
            for each in (parts.library.run(), parts.brands.run(), cleaning.run())
        ]
        try:
            realtime = parts.realtime
            await serving(app, settings, realtime.dismiss, realtime.websocket).serve(
                sockets=[listening] if listening else None
            )
        finally:
            for each in following:
                each.cancel()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m server.node", description=__doc__)
    parser.add_argument("--port", help="instead of PORT")
    parser.add_argument("--fd", type=int, help="a listening socket that was inherited")
    options = parser.parse_args(arguments)
    port = {"PORT": options.port} if options.port else {}
    listening = None if options.fd is None else socket.socket(fileno=options.fd)
    start(partial(serve, listening=listening), {**os.environ, **port})


if __name__ == "__main__":
    main()
