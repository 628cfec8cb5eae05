"""One slow reader hurts nobody: its buffer is bounded, it is closed, and it replays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import orjson
from aiohttp import ClientSession

from domain.audience import staff_room
from domain.message import Envelope
from domain.ticket.commands import Reply
from domain.ticket.state import Ticket
from tests.realtime.conftest import Enter, StartNode
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import CALM, Node, until

SMALL = replace(CALM, outbox_bytes=300_000)


def say(store: MemoryStore, ticket: Ticket) -> list[Envelope]:
    return store.commit(store.desk.ask(ticket, Reply, body="x" * 40_000), store.desk.ada)


@asynccontextmanager
async def reader_that_stops(node: Node, token: str, room: str) -> AsyncGenerator[Any]:
    """A WebSocket that joins a room by hand, and then reads only when asked to."""
    async with ClientSession() as http:
        url = f"{node.url}/socket.io/?EIO=4&transport=websocket"
        async with http.ws_connect(url, max_msg_size=0, autoping=False) as socket:
            await socket.receive_str()
            await socket.send_str(f'40{{"token":"{token}","protocol":1}}')
            assert (await socket.receive_str()).startswith("40")
            await socket.send_str(f'421["join",{{"rooms":[{{"room":"{room}"}}]}}]')
            assert (await socket.receive_str()).startswith("431")
            yield socket


async def test_who_does_not_read_is_closed_to_resync_and_others_get_everything(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node(SMALL)
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    reader = await enter(node, store.desk.ada)
    await reader.join(room)

    async with reader_that_stops(node, store.log_in(store.desk.bob), room) as slow:
        sent = 0
        while node.counters.closed.get("resync", 0) == 0:
            assert sent < 2_000
            node.publish(say(store, ticket))
            sent += 1
            await until(lambda sent=sent: reader.seqs(room)[-1:] == [sent + 1])
        after = store.desk.now_of(ticket).seq
        node.publish(say(store, ticket))
        await until(lambda: reader.seqs(room)[-1:] == [after + 1])
        assert len(node.realtime.connections) == 1

        got = [await _frame(slow)]
        while got[-1] is not None:
            got.append(await _frame(slow))

    events = [orjson.loads(frame[2:]) for frame in got if frame and frame.startswith("42")]
    assert events[-1] == ["closing", {"reason": "resync"}]
    seqs = [payload["seq"] for event, payload in events if event == "event"]
    assert seqs == list(range(2, len(seqs) + 2))
    back = await enter(node, store.desk.bob)
    (answer,) = await back.join({"room": room, "epoch": store.epoch, "after": seqs[-1]})
    assert answer["envelopes"][0]["prev"] == seqs[-1]


async def _frame(socket: Any) -> str | None:
    message = await asyncio.wait_for(socket.receive(), 8)
    return message.data if message.type is aiohttp.WSMsgType.TEXT else None


async def test_who_does_not_poll_is_closed_to_resync(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node(SMALL)
    ticket = store.desk.open()
    room = staff_room(ticket.id)
    token = store.log_in(store.desk.bob)
    async with ClientSession() as http:
        url = f"{node.url}/socket.io/?EIO=4&transport=polling"
        sid = orjson.loads((await _text(http, "GET", url))[1:])["sid"]
        url += f"&sid={sid}"
        await _text(http, "POST", url, f'40{{"token":"{token}","protocol":1}}')
        assert (await _text(http, "GET", url)).startswith("40")
        await _text(http, "POST", url, f'421["join",{{"rooms":[{{"room":"{room}"}}]}}]')
        assert (await _text(http, "GET", url)).startswith("431")

        for _ in range(10):
            node.publish(say(store, ticket))
        await until(lambda: node.counters.closed.get("resync", 0) == 1)

        assert len(node.realtime.connections) == 0
        assert '42["closing",{"reason":"resync"}]' in await _text(http, "GET", url)


async def _text(http: ClientSession, method: str, url: str, body: str | None = None) -> str:
    async with http.request(method, url, data=body) as answer:
        return await answer.text()
