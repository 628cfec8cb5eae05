"""Our own door, whole: the node's server and its realtime parts, over stores in memory."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from time import thread_time
from typing import Any

from redis.asyncio import Redis

from domain.ports import Clock, Dispatch, Publisher
from loadtests.peers.memory import Memory, MemoryDispatch
from realtime.feed import RedisFeeds
from realtime.node import Realtime
from realtime.options import Options
from server import garbage
from server.clock import SystemClock
from server.node import serving
from server.settings import Settings
from server.start import start

UNBOUNDED = 1e12
"""How many commands a second somebody may send here: it is the server that is to be the limit."""


MakeDispatch = Callable[[Memory, Publisher, Clock], Dispatch]


async def serve(settings: Settings, make_dispatch: MakeDispatch = MemoryDispatch) -> None:
    clock = SystemClock()
    memory = Memory(settings.secret_key, clock)
    redis = Redis.from_url(settings.redis_url)  # pyright: ignore[reportUnknownMemberType]
    realtime = Realtime(
        redis=redis,
        log=memory,
        sessions=memory,
        feeds=RedisFeeds(redis),
        feed_source=memory,
        markers=memory,
        options=_options(settings),
    )
    await realtime.start()
    app = realtime.mount(LongestBlock(), make_dispatch(memory, realtime.publisher, clock))
    # With the protocol named, so that TCP_NODELAY is set.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind((settings.host, 0))
    listening.listen(4_096)
    garbage.begin()
    print("ready", listening.getsockname()[1], flush=True)
    await serving(app, settings, realtime.dismiss, realtime.websocket).serve(sockets=[listening])


def _options(settings: Settings) -> Options:
    return Options(
        origins=("*",),
        frame_bytes=settings.socket_frame_bytes,
        sockets_per_address=100_000,
        command_rate=UNBOUNDED,
        command_burst=UNBOUNDED,
        signal_rate=UNBOUNDED,
        signal_burst=UNBOUNDED,
        typing_for=UNBOUNDED,
    )


@dataclass
class LongestBlock:
    """An ASGI app: one GET begins to watch the loop, the next answers the longest CPU time, in
    seconds, for which it was kept from a timer, and ends the watch, which costs a core's twentieth.
    It is the loop's own time, whoever else is on the core."""

    longest: float = 0.0
    _watching: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        if self._watching is None:
            self.longest = 0.0
            self._watching = asyncio.create_task(self._watch())
        else:
            self._watching.cancel()
            self._watching = None
        body = str(self.longest).encode()
        length = (b"content-length", str(len(body)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        await send({"type": "http.response.body", "body": body})

    async def _watch(self) -> None:
        last = thread_time()
        while True:
            await asyncio.sleep(0.001)
            now = thread_time()
            self.longest = max(self.longest, now - last)
            last = now


if __name__ == "__main__":
    start(serve)
