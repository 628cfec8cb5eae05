"""The example of the realtime door by itself does what its first lines say."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import socketio

from tests.processes import Program, held_port
from tests.stores import running, valkey_process

EXAMPLE = Path(__file__).parents[2] / "docs" / "realtime-example.py"
TICKET = str(uuid4())
ROOM = f"ticket:{TICKET}:staff"


@pytest.fixture
def url(tmp_path: Path) -> Generator[str]:
    """Where the example serves, as a process of its own."""
    with running(valkey_process, "REDIS_URL") as redis_url, held_port() as port:
        example = Program(
            name="example",
            command=[sys.executable, str(EXAMPLE)],
            log=tmp_path / "example.log",
            answers=lambda: _listens(port),
            environ={**os.environ, "REDIS_URL": redis_url, "PORT": str(port)},
        )
        try:
            example.start()
            yield f"http://127.0.0.1:{port}"
        finally:
            example.kill()


def _listens(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


@asynccontextmanager
async def somebody(url: str) -> AsyncGenerator[tuple[socketio.AsyncClient, asyncio.Queue[Any]]]:
    """A client, and the envelopes it hears."""
    client, heard = socketio.AsyncClient(reconnection=False), asyncio.Queue[Any]()
    client.on("event", heard.put)
    await client.connect(
        url, auth={"token": str(uuid4()), "protocol": 1}, transports=["websocket"], wait_timeout=8
    )
    try:
        yield client, heard
    finally:
        await client.disconnect()


async def join(client: socketio.AsyncClient, **cursor: Any) -> Any:
    answer = await client.call("join", {"rooms": [{"room": ROOM, **cursor}]}, timeout=8)
    return answer["rooms"][0]


async def say(client: socketio.AsyncClient, body: str, command_id: str = "") -> Any:
    fields = {"command_id": command_id or str(uuid4()), "ticket_id": TICKET, "body": body}
    return await client.call("command", {"type": "ticket.reply", **fields}, timeout=8)


def test_it_is_thirty_lines():
    code = EXAMPLE.read_text("utf-8").split('"""')[2]
    assert len([line for line in code.splitlines() if line.strip()]) <= 30


async def test_members_hear_what_is_said_and_who_was_away_gets_what_they_missed(url: str):
    async with somebody(url) as (ada, _), somebody(url) as (bob, heard):
        await join(ada)
        entered = await join(bob)
        assert (await say(ada, "one"))["ok"] is True
        envelope = await asyncio.wait_for(heard.get(), 8)

        await bob.disconnect()
        command_id = str(uuid4())
        twice = [await say(ada, "two", command_id) for _ in range(2)]

        async with somebody(url) as (bob_again, _):
            replayed = await join(bob_again, epoch=entered["epoch"], after=envelope["seq"])
        async with somebody(url) as (cy, _):
            anew = await join(cy)

    assert twice[0] == twice[1]
    assert envelope["events"][0]["body"] == "one"
    assert [each["events"][0]["body"] for each in replayed["envelopes"]] == ["two"]
    assert replayed["snapshot"] is None
    assert [each["seq"] for each in anew["snapshot"]["said"]] == [1, 2]
