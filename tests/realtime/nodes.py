"""Real nodes on random ports, and real Socket.IO clients that remember all they got."""

from __future__ import annotations

import asyncio
import gc
import socket
import warnings
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from typing import Any, cast
from uuid import uuid4

import socketio
import uvicorn

from realtime.cluster import AnyRedis
from realtime.feed import RedisFeeds
from realtime.node import Realtime
from realtime.options import Options
from tests.realtime.memory import MemoryDispatch, MemoryStore

DEADLINE = 8.0

QUICK = Options(heads_every=0.3, unconfirmed_heads_every=0.2, recheck_every=0.5, markers_every=0.05)
"""Sweeps often, so that tests need not wait for them."""

CALM = Options(heads_every=3600.0, recheck_every=3600.0, markers_every=0.05)
"""Sweeps never, so that what a test sees has no other cause."""

TRANSPORTS = ["websocket", "polling"]


class Node:
    """One node: its parts, its address, and every byte it sent, by the client's `who`."""

    def __init__(
        self, store: MemoryStore, redis: AnyRedis, options: Options, websockets: str = "slim"
    ) -> None:
        self.redis = redis
        self.websockets = websockets
        self.feeds = RedisFeeds(redis)
        self.realtime = Realtime(
            redis=redis,
            log=store,
            sessions=store,
            feeds=self.feeds,
            feed_source=store,
            markers=store,
            options=options,
        )
        self.dispatch = MemoryDispatch(store, self.realtime.publisher)
        self.publish = self.realtime.publisher.publish
        self.sent: dict[str, bytearray] = {}
        self.url = ""

    @property
    def counters(self) -> Any:
        return self.realtime.counters

    def joining(self, name: str) -> int:
        """How many joins of a room are under way."""
        room = self.realtime.rooms.get(name)
        return room.visitors if room else 0

    @asynccontextmanager
    async def serving(self) -> AsyncGenerator[Node]:
        app = self._overheard(self.realtime.mount(_nothing, self.dispatch))
        config = uvicorn.Config(
            app,
            log_level="error",
            lifespan="off",
            ws=cast(Any, self._tapped) if self.websockets == "slim" else "websockets-sansio",
            ws_max_size=self.realtime.options.frame_bytes,
        )
        server = Server(config)
        # With the protocol named: asyncio sets TCP_NODELAY only then.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        await self.realtime.start()
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        await until(lambda: server.started)
        try:
            yield self
        finally:
            await self.realtime.stop()
            server.done.set()
            await serving
            listening.close()

    def _tapped(self, **uvicorns: Any) -> asyncio.Protocol:
        return Tap(self.realtime.websocket(**uvicorns), self.hearing)

    def hearing(self, query: str) -> bytearray:
        """Where what somebody is sent is kept, by what they connect with."""
        who = next((p[4:] for p in query.split("&") if p.startswith("who=")), "")
        return self.sent.setdefault(who, bytearray())

    def _overheard(self, app: Any) -> Any:
        async def overhear(scope: Any, receive: Any, send: Any) -> None:
            heard = self.hearing(scope.get("query_string", b"").decode())

            async def say(message: Any) -> None:
                for part in (message.get("bytes"), message.get("body")):
                    heard.extend(part or b"")
                heard.extend((message.get("text") or "").encode())
                await send(message)

            await app(scope, receive, say)

        return overhear


class Tap(asyncio.Protocol):
    """Stands before the node's own WebSockets, to keep what is written to their transports."""

    def __init__(self, inner: asyncio.Protocol, hearing: Callable[[str], bytearray]) -> None:
        self._inner = inner
        self._hearing = hearing

    def connection_made(self, transport: Any) -> None:
        self._transport = Tapped(transport)
        self._inner.connection_made(cast(Any, self._transport))

    def data_received(self, data: bytes) -> None:
        target = data.decode("latin-1").split(" ", 2)[1]
        self._transport.heard = self._hearing(target.partition("?")[2])
        self._inner.data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._inner.connection_lost(exc)  # Refused at once, before the inner one took over.


class Tapped:
    """A transport whose bytes are kept too."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self.heard = bytearray()

    def write(self, data: bytes) -> None:
        self.heard.extend(data)
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Server(uvicorn.Server):
    """Leaves the signals to the tests' own process, and stops without uvicorn's naps."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.done = asyncio.Event()

    def capture_signals(self) -> AbstractContextManager[None]:
        return nullcontext()

    async def main_loop(self) -> None:
        await self.done.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await until(lambda: not self.server_state.connections and not self.server_state.tasks)


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close"})
        return
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class Client:
    """A Socket.IO client; `got` is everything the server sent, in order, as (event, payload)."""

    def __init__(self, node: Node, token: str | None, who: str = "somebody") -> None:
        self.node = node
        self.who = who
        self.auth: Any = {"token": token, "protocol": 1, "client": "test"}
        self.sio = socketio.AsyncClient(reconnection=False)
        self.got: list[tuple[str, Any]] = []
        self.refused: Any = None
        self.gone = asyncio.Event()
        self.polled = False
        self.sio.on("*", self._hear)
        self.sio.on("connect_error", self._refused)
        self.sio.on("disconnect", self._gone)

    async def _hear(self, event: str, payload: Any = None) -> None:
        self.got.append((event, payload))

    async def _refused(self, data: Any) -> None:
        self.refused = data

    async def _gone(self, *_: Any) -> None:
        self.gone.set()

    async def connect(self, *transports: str) -> Client:
        self.polled = "polling" in transports
        await self.sio.connect(
            f"{self.node.url}?who={self.who}",
            auth=self.auth,
            transports=list(transports) or ["websocket"],
            wait_timeout=DEADLINE,
        )
        return self

    async def ask(self, event: str, payload: Any) -> dict[str, Any]:
        return await self.sio.call(event, payload, timeout=DEADLINE)

    async def command(self, kind: str, **fields: Any) -> dict[str, Any]:
        return await self.ask("command", {"type": kind, "command_id": str(uuid4()), **fields})

    async def join(self, *rooms: Any) -> list[dict[str, Any]]:
        """Join rooms, given by name or as a cursor; answers each room's answer."""
        cursors = [room if isinstance(room, dict) else {"room": room} for room in rooms]
        answer = await self.ask("join", {"rooms": cursors})
        assert answer["ok"], answer
        return answer["rooms"]

    def events(self, room: str) -> list[dict[str, Any]]:
        return [p for event, p in self.got if event == "event" and p["room"] == room]

    def seqs(self, room: str) -> list[int]:
        return [envelope["seq"] for envelope in self.events(room)]

    def of(self, event: str) -> list[Any]:
        return [payload for name, payload in self.got if name == event]

    async def settled(self) -> None:
        """Everything that the node sent before now has arrived."""
        assert (await self.ask("time", {}))["ok"]


async def disconnect(clients: Sequence[Client]) -> None:
    await asyncio.gather(*(client.sio.disconnect() for client in clients))
    if any(client.polled for client in clients):
        with warnings.catch_warnings(action="ignore"):
            gc.collect()  # python-engineio's client drops answers to its POSTs unread.


async def until(met: Callable[[], Any], deadline: float = DEADLINE) -> None:
    """Wait for something to be so."""
    async with asyncio.timeout(deadline):
        while not met():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
