"""Noise at the door, on every level of it: nobody else notices, and nothing of it stays."""

from __future__ import annotations

import asyncio
import gc
import logging
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest

from domain.audience import staff_room, ticket_room
from domain.errors import Conflict
from realtime.transport.frames import Parser, Violation
from tests.realtime.conftest import Enter, StartNode
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import CALM, Client, Node, until
from tests.realtime.noise import Noise
from tests.realtime.transport.bytes import KEY, masked

OPTIONS = replace(
    CALM,
    linger=0.0,
    heads_every=0.2,
    hello_within=0.5,
    frame_bytes=20_000,
    ping_interval=2.0,
    ping_timeout=4.0,
)
"""Empty rooms are let go at once, and strangers and those who are gone soon."""
AT_ONCE = 20
LONGEST_ANSWER = 2_000_000
"""The bytes of one answer to a poll: a join may have a million."""
FLAT_OBJECTS = 2_000
"""So many objects more or less are no leak: caches of the interpreter and of libraries."""
FLAT_BYTES = 6_000_000

short = pytest.param(6, id="short")
long = pytest.param(150, id="long", marks=pytest.mark.long)


@pytest.fixture
def websockets() -> str:
    return "slim"  # uvicorn's own take some noise for a fault of theirs, and log a trace of it.


@pytest.fixture(autouse=True)
def quick_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.transport.websocket.CLOSE_WITHIN", 0.05)
    monkeypatch.setattr("realtime.fanout.LAST_WORDS", 0.05)
    monkeypatch.setattr("realtime.transport.engine.UPGRADE_WITHIN", 0.5)


class Siege:
    """One node, one honest client, and many who send noise."""

    def __init__(self, store: MemoryStore, node: Node, honest: Client) -> None:
        self.store = store
        self.node = node
        self.honest = honest
        self.tickets = [store.desk.open().id for _ in range(3)]
        self.rooms = [name(each) for each in self.tickets for name in (ticket_room, staff_room)]
        self.token = store.log_in(store.desk.ada)

    async def round(self, seed: str) -> None:
        await asyncio.gather(*(self._session(f"{seed}/{at}") for at in range(AT_ONCE)))
        assert (await self.honest.ask("time", {}))["ok"]

    async def over(self) -> None:
        """Wait until everybody but the honest client is gone."""
        door: Any = self.node.realtime._door
        await until(lambda: len(door.eio.sockets) == len(self.node.realtime.connections) == 1)
        await until(lambda: not list(self.node.realtime.rooms))
        pings = door.eio._pings  # Where whoever is gone is forgotten when their turn comes.
        await until(lambda: len(pings._to_ask) == 1 and len(pings._to_answer) <= 3, 20.0)
        for heard in self.node.sent.values():
            heard.clear()

    def left_behind(self) -> dict[str, int]:
        """How much of everything is kept."""
        door: Any = self.node.realtime._door
        manager = door.manager
        return {
            "websockets": len(manager.websockets),
            "rooms of sockets": len(manager._rooms_of),
            "rooms": sum(len(rooms) for rooms in manager.rooms.values()),
            "callbacks": len(manager.callbacks),
            "pending": len(manager.pending_connect.get("/", ())),
            "binary": len(door._binary_packet),
            "environs": len(door.environ),
            "addresses": sum(door.eio._addresses.values()),
            "users": sum(self.node.realtime.connections._of_user.values()),
            "companies": len(self.node.realtime._signals._companies),
            "channels": len(self.node.realtime.bus._channels),
        }

    async def _session(self, seed: str) -> None:
        noise = Noise(seed, self.token, self.rooms, self.tickets)
        with suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            if noise.dice.random() < 0.3:
                await self._polled(noise)
            else:
                await self._websocket(noise)

    async def _websocket(self, noise: Noise) -> None:
        reader, writer = await self._open()
        try:
            if noise.dice.random() < 0.2:
                writer.write(noise.request())
            else:
                writer.write(SOUND.encode())
                await reader.readuntil(b"\r\n\r\n")
            await self._say(noise, reader, writer)
        finally:
            writer.transport.abort()

    async def _say(
        self, noise: Noise, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Send noise, read for a moment, and go away in one way or another."""
        reading = asyncio.create_task(_read_all(reader))
        try:
            for packet in noise.packets():
                for piece in noise.pieces(noise.frames(packet)):
                    writer.write(piece)
                if noise.dice.random() < 0.2:
                    await writer.drain()
            if noise.dice.random() < 0.7:
                writer.write(masked(b"", 8))
                await asyncio.wait_for(reading, 0.5)
        finally:
            reading.cancel()
            await asyncio.wait([reading])

    async def _polled(self, noise: Noise) -> None:
        """A session over polling: sound in its requests, mostly, and not in its packets."""
        sid = "nobody"
        reader, writer = await self._open()
        try:
            target = "/socket.io/?EIO=4&transport=polling"
            opened = await _answer(reader, writer, "GET", target)
            sid = opened.partition(b'"sid":"')[2].partition(b'"')[0].decode()
            for _ in range(noise.dice.randrange(1, 4)):
                packets = [_text(each) for each in noise.packets()][:20]
                body = noise.damaged("\x1e".join(packets).encode(), 0.2)
                await _answer(reader, writer, "POST", f"{target}&sid={sid}", body)
                if noise.dice.random() < 0.5:
                    await _answer(reader, writer, "GET", f"{target}&sid={sid}")
            writer.write(noise.request(sid))
            await self._say(noise, reader, writer)
            await self._end(target, sid)
        finally:
            writer.transport.abort()
            await self._end(target, sid)

    async def _end(self, target: str, sid: str) -> None:
        """Say Engine.IO's close, as the pings that would notice it are far away."""
        reader, writer = await self._open()
        with suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            await _answer(reader, writer, "POST", f"{target}&sid={sid}", b"1")
        writer.transport.abort()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        port = urlsplit(self.node.url).port
        return await asyncio.open_connection("127.0.0.1", port, limit=LONGEST_ANSWER)


SOUND = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
    f"Connection: Upgrade\r\nSec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


async def _read_all(reader: asyncio.StreamReader) -> None:
    with suppress(ConnectionError):
        while await reader.read(65_536):
            pass


async def _answer(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    method: str,
    target: str,
    body: bytes = b"",
) -> bytes:
    """One request over HTTP, and its answer's body."""
    head = f"{method} {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    async with asyncio.timeout(0.5):
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        if b"content-length: " in answer:
            length = int(answer.partition(b"content-length: ")[2].split(b"\r\n")[0])
            return await reader.readexactly(length)
        return await reader.readuntil(b"\r\n0\r\n\r\n" if b"chunked" in answer else b"")


def _text(packet: str | bytes) -> str:
    return packet if isinstance(packet, str) else packet.decode("utf-8", "replace")


def resident() -> int:
    """This process' memory in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4_096


@pytest.fixture
async def siege(store: MemoryStore, start_node: StartNode, enter: Enter) -> Siege:
    node = await start_node(OPTIONS)
    return Siege(store, node, await enter(node, store.desk.carl))


@pytest.mark.parametrize("rounds", [short, long])
async def test_noise_leaves_nothing_behind(
    siege: Siege, caplog: pytest.LogCaptureFixture, rounds: int
):
    caplog.set_level(logging.WARNING)
    for at in range(max(3, rounds // 10)):
        await siege.round(f"warm {at}")
    await siege.over()
    siege.node.dispatch.before = refuse  # What is said stays in the store.
    before, objects = siege.left_behind(), _objects()

    for at in range(rounds // 2):
        await siege.round(f"{rounds}:{at}")
    await siege.over()
    halfway = resident()  # By then the process has the memory that so many at once need.
    for at in range(rounds // 2, rounds):
        await siege.round(f"{rounds}:{at}")
    await siege.over()

    assert siege.node.counters.connections > rounds * AT_ONCE // 4  # Much of it came far.
    assert siege.store.reads["snapshot"] > rounds
    traces = [each for each in caplog.records if each.exc_info or each.name == "asyncio"]
    traces = [each for each in traces if each.name != "uvicorn.error"]  # About whom we refused.
    assert not traces, logging.Formatter().format(traces[0])
    assert siege.left_behind() == before
    assert _objects() - objects < FLAT_OBJECTS
    assert resident() - halfway < FLAT_BYTES


async def refuse(_command: object) -> None:
    raise Conflict("Enough was said.")


def _objects() -> int:
    gc.collect()
    return len(gc.get_objects())


@pytest.mark.parametrize(
    "rounds",
    [pytest.param(2_000, id="short"), pytest.param(150_000, id="long", marks=pytest.mark.long)],
)
def test_a_parser_of_noise_keeps_nothing_and_raises_nothing_else(rounds: int):
    dice, before = Random(rounds), 0
    for at in range(rounds):
        if at == rounds // 4:
            before = _objects()
        parser = Parser(1_000)
        frames = [
            masked(
                dice.randbytes(dice.choice((0, 5, 125, 126, 999, 1_001))),
                dice.choice((0, 1, 1, 2, 8, 9, 10, 3)),
                fin=dice.random() < 0.9,
            )
            for _ in range(3)
        ]
        sent = bytearray(b"".join(frames))
        for _ in range(dice.randrange(3)):
            sent[dice.randrange(len(sent))] = dice.randrange(256)
        with suppress(Violation):
            while sent:
                size = dice.choice((1, 3, 100, len(sent)))
                parser.feed(bytes(sent[:size]))
                del sent[:size]
                while parser.next() is not None:
                    pass
        assert len(parser._buffer) <= 4_000

    assert _objects() - before < 100
