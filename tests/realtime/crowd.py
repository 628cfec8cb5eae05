"""A thousand clients at once: lean ones, each of which keeps the events it hears."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import orjson

from domain.access import Actor
from loadtests import crowd
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import Node, until


class Watcher(crowd.Client):
    """`got` is every event, as the bytes of its packet; `joined` the answer to its join."""

    def __init__(self, token: str) -> None:
        super().__init__(token)
        self.got: list[bytes] = []
        self.joined: dict[str, Any] = {}

    def _take(self, packet: bytes) -> None:
        if packet.startswith(b"42"):
            self.got.append(packet)
        super()._take(packet)

    def heard_events(self) -> list[tuple[str, Any]]:
        return [tuple(orjson.loads(packet[2:])) for packet in self.got]


@asynccontextmanager
async def watching(
    store: MemoryStore, actors: Sequence[Actor], room: str, nodes: Sequence[Node]
) -> AsyncGenerator[list[Watcher]]:
    """A socket of each, in a room, spread over nodes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    slots = asyncio.Semaphore(64)
    watchers = [Watcher(store.log_in(actor)) for actor in actors]

    async def enter(watcher: Watcher, node: Node) -> None:
        async with slots:
            await watcher.enter(urlsplit(node.url).port or 0)
            answer = await watcher.ask("join", {"rooms": [{"room": room}]})
        watcher.joined = answer["rooms"][0]
        assert "error" not in watcher.joined, watcher.joined

    try:
        entering = [enter(each, nodes[at % len(nodes)]) for at, each in enumerate(watchers)]
        await asyncio.gather(*entering)
        yield watchers
    finally:
        for watcher in watchers:
            watcher.transport.close()
        await until(lambda: all(watcher.gone for watcher in watchers))
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
