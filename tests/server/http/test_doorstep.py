"""Connections are set up in turns: who is quick to speak is heard all the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from realtime.turns import Turns
from server.http.doorstep import Doorstep


class Counting(Turns):
    """Tells how many began in each step."""

    def __init__(self) -> None:
        super().__init__(at_once=2)
        self.most = 0

    def _step(self) -> None:
        super()._step()
        self.most = max(self.most, self._at_once - self._left)


class Echo(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._transport.write(data)


@pytest.fixture
def turns() -> Counting:
    return Counting()


@pytest.fixture
async def port(turns: Counting) -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    server: Any = await loop.create_server(lambda: Doorstep(Echo, turns), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_many_who_come_at_once_are_all_answered_a_few_in_each_step(
    turns: Counting, port: int
):
    async def speak(n: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"%04d" % n)
        writer.write(b"more")
        heard = await reader.readexactly(8)
        writer.close()
        return heard

    heard = await asyncio.gather(*map(speak, range(50)))

    assert heard == [b"%04dmore" % n for n in range(50)]
    assert turns.most <= 2


def test_who_left_before_their_turn_is_nowhere(turns: Counting):
    made: list[object] = []
    doorstep = Doorstep(lambda: cast(Any, made.append(1)), turns)

    class Gone:
        def is_closing(self) -> bool:
            return True

    turns.begin = lambda work: work() and None  # Their turn has come.
    doorstep.connection_made(cast(Any, Gone()))

    assert not made
