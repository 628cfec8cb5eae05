"""A MongoDB that could lose what it acknowledged is refused before anything is served."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import bson
import pytest

from server.processes.mongodb import StoreRefused, check_mongodb, clock_difference

HELLO = {"ok": 1.0, "isWritablePrimary": True, "minWireVersion": 0, "maxWireVersion": 21}
HEADER = struct.Struct("<iiii")
OP_MSG = 2013


@asynccontextmanager
async def mongodb_that_says(**hello: Any) -> AsyncIterator[str]:
    """A server that speaks the wire protocol and answers everything with this `hello`."""

    connections: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        try:
            while True:
                length, request, _, kind = HEADER.unpack(await reader.readexactly(16))
                await reader.readexactly(length - 16)
                now = datetime.now(UTC) + hello.get("ahead", timedelta())
                answer = bson.encode({**HELLO, "localTime": now, **hello, "ahead": None})
                if kind == OP_MSG:
                    body = struct.pack("<ib", 0, 0) + answer
                else:  # The very first question may still be an OP_QUERY, answered by OP_REPLY.
                    kind, body = 1, struct.pack("<iqii", 8, 0, 0, 1) + answer
                writer.write(HEADER.pack(16 + len(body), 1, request, kind) + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # The client has what it asked for.

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"mongodb://127.0.0.1:{port}/?directConnection=true"
        for connection in connections:
            connection.close()
        await asyncio.gather(
            *(connection.wait_closed() for connection in connections), return_exceptions=True
        )


@pytest.mark.parametrize(
    "hello",
    [
        {"setName": "rs0", "hosts": ["127.0.0.1"]},
        {"msg": "isdbgrid"},
        {"deskwireEmbedded": True},
    ],
)
async def test_a_replica_set_a_sharded_cluster_and_our_own_store_are_accepted(
    hello: dict[str, Any],
):
    async with mongodb_that_says(**hello) as url:
        await check_mongodb(url)


async def test_a_single_server_is_refused_with_the_lines_that_mend_it():
    async with mongodb_that_says() as url:
        with pytest.raises(StoreRefused, match=r"rs\.initiate"):
            await check_mongodb(url)


async def test_a_server_out_of_reach_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("server.processes.mongodb.ANSWER_MS", 100)
    with pytest.raises(StoreRefused, match=r"does not answer: /nowhere/mongodb.sock: \S"):
        await check_mongodb("mongodb://%2Fnowhere%2Fmongodb.sock")


async def test_a_clock_that_is_ahead_is_measured():
    async with mongodb_that_says(ahead=timedelta(seconds=3)) as url:
        assert await clock_difference(url) == pytest.approx(3, abs=0.5)
