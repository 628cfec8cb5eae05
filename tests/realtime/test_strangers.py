"""Who does not speak Socket.IO, or never says who they are: ended, and quietly."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from dataclasses import replace

import aiohttp
import pytest

from tests.realtime.conftest import Enter, StartNode
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import CALM, DEADLINE, Node

SOCKET = "/socket.io/?EIO=4&transport=websocket"
POLLING = "/socket.io/?EIO=4&transport=polling"


@pytest.fixture
async def http() -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def ended(socket: aiohttp.ClientWebSocketResponse) -> None:
    """Wait until the server has closed a socket, whatever it says before."""
    async with asyncio.timeout(DEADLINE):
        async for message in socket:
            assert message.type is aiohttp.WSMsgType.TEXT


@pytest.mark.parametrize(
    "frame",
    [
        "49",
        "4x",
        "44{}",
        '42["time"',
        '42["time",NaN]',
        f'42{"9" * 200}["time",{{}}]',
        f'42["time",{"[" * 5_000}',
        "451-",
        "x",
        "",
    ],
)
async def test_a_frame_that_is_none_ends_its_socket_without_a_trace(
    node: Node, http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture, frame: str
):
    async with http.ws_connect(node.url + SOCKET) as socket:
        await socket.send_str(frame)
        await ended(socket)

    assert not [record for record in caplog.records if record.levelno >= logging.INFO]


async def test_packets_of_no_kind_are_not_worth_a_trace(
    node: Node, http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
):
    async with http.ws_connect(node.url + SOCKET) as socket:
        for _ in range(100):
            await socket.send_str("7")
        await socket.send_str("49")
        await ended(socket)
    async with http.get(node.url + POLLING) as opened:
        sid = (await opened.text()).partition('"sid":"')[2].partition('"')[0]
    async with http.post(f"{node.url}{POLLING}&sid={sid}", data="x") as posted:
        await posted.read()

    assert sid
    assert not [record for record in caplog.records if record.levelno >= logging.INFO]


async def test_who_never_says_who_they_are_is_not_kept(
    store: MemoryStore, start_node: StartNode, enter: Enter, http: aiohttp.ClientSession
):
    node = await start_node(replace(CALM, hello_within=0.2))
    friend = await enter(node, store.desk.carl)

    async with http.ws_connect(node.url + SOCKET) as socket:
        await ended(socket)
    async with http.ws_connect(node.url + SOCKET) as socket:
        await socket.send_str('40{"token":"forged","protocol":1}')
        await ended(socket)

    await friend.settled()
