"""Whatever one socket says as fast as it can: it is heard slowly, and the others as ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import aiohttp
import orjson
import pytest

from domain.audience import staff_room
from realtime.transport.websocket import WINDOW
from tests.realtime.conftest import Enter, StartNode
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import CALM, Client, Node, until
from tests.realtime.transport.bytes import RawSocket, connected, masked

SLOW = replace(CALM, message_rate=20.0, command_rate=2.0, command_burst=500.0)
IN_WINDOW = int(SLOW.message_rate * WINDOW)
FLOOD = 20 * IN_WINDOW
SAID = 40


@pytest.fixture
def websockets() -> str:
    return "slim"


@pytest.fixture(autouse=True)
def who_takes_no_leave_is_cut_off_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.transport.websocket.CLOSE_WITHIN", 0.05)


def event(name: str, payload: Any) -> str:
    return "42" + orjson.dumps([name, payload]).decode()


def flood_of(kind: str, room: str) -> bytes:
    """What is said again and again."""
    command = {"type": "ticket.fly", "command_id": str(uuid4())}
    said: dict[str, list[str | bytes]] = {
        "pings": [masked(b"?", 9)],
        "pongs": ["3"],
        "acks": ["431[]"],
        "binary": ['451-["command",{"_placeholder":true,"num":0}]', masked(b"x" * 50, 2)],
        "connects": ['40{"token":"none","protocol":1}'],
        "commands": [event("command", command)],
        "unknown": [event("fly", 1)],
        "joins": [event("join", {"rooms": [{"room": room}]})],
        "signals": [event("signal", {"room": room, "type": "typing"})],
        "fragments": [masked("4", 1, fin=False), masked("2", 0, fin=False), masked("[]", 0)],
    }
    return b"".join(masked(each) if isinstance(each, str) else each for each in said[kind])


@asynccontextmanager
async def let_in(store: MemoryStore, node: Node) -> AsyncGenerator[RawSocket]:
    """A socket by hand, of Ada."""
    async with connected(node.url, "/socket.io/?EIO=4&transport=websocket") as socket:
        assert (await socket.text()).startswith("0")
        hello = {"token": store.log_in(store.desk.ada), "protocol": 1}
        socket.send("40" + orjson.dumps(hello).decode())
        assert (await socket.text()).startswith("40")
        yield socket


async def pour(socket: RawSocket, flood: bytes, sent: list[int]) -> None:
    """Say it as fast as the node takes it, and read what comes."""
    reading = asyncio.create_task(socket.ended())
    try:
        while True:
            socket.writer.write(flood * 50)
            sent[0] += 50
            await asyncio.sleep(0)
            if sent[0] > FLOOD:
                await socket.writer.drain()
    finally:
        reading.cancel()
        socket.writer.transport.abort()


async def talk(room: str, ticket_id: str, *people: Client) -> None:
    """Everybody says something; all is acknowledged, and comes to everybody once and in order."""
    for each in people:
        await each.join(room)
    for number in range(SAID):
        speaker = people[number % len(people)]
        answer = await speaker.command("ticket.reply", ticket_id=ticket_id, body=f"{number}")
        assert answer["ok"], answer
    for each in people:
        await until(lambda each=each: each.seqs(room) == list(range(2, SAID + 2)))


@pytest.mark.parametrize(
    "kind",
    ["pings", "pongs", "acks", "binary", "connects", "commands", "unknown", "joins", "signals"],
)
async def test_a_flood_from_one_hurts_no_other(
    store: MemoryStore, start_node: StartNode, enter: Enter, kind: str
):
    node = await start_node(SLOW)
    ticket, other = store.desk.open(), store.desk.open()
    bob, sue = await enter(node, store.desk.bob), await enter(node, store.desk.sue)
    async with let_in(store, node) as socket:
        (flooding,) = [
            each
            for sid, each in node.realtime._door.manager.websockets.items()
            if node.realtime.connections.get(sid).actor == store.desk.ada
        ]
        sent = [0]
        flood = flood_of(kind, staff_room(other.id))
        pouring = asyncio.create_task(pour(socket, flood, sent))
        await until(lambda: sent[0] > FLOOD and flooding._said >= IN_WINDOW)

        await talk(staff_room(ticket.id), ticket.id, bob, sue)

        assert not pouring.done()
        assert flooding._said <= IN_WINDOW + 50  # What was in sight when the window was full.
        pouring.cancel()
        await asyncio.wait([pouring])


async def test_a_flood_of_polls_hurts_no_other(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node(SLOW)
    ticket = store.desk.open()
    bob, sue = await enter(node, store.desk.bob), await enter(node, store.desk.sue)
    posted = [0]

    async def post(http: aiohttp.ClientSession, url: str) -> None:
        while True:
            async with http.post(url, data="3\x1e" * 9 + "3") as answer:
                assert answer.status == 200
            posted[0] += 10

    async with aiohttp.ClientSession() as http:
        url = f"{node.url}/socket.io/?EIO=4&transport=polling"
        async with http.get(url) as opened:
            sid = (await opened.text()).split('"sid":"')[1].split('"')[0]
        posting = asyncio.create_task(post(http, f"{url}&sid={sid}"))
        await until(lambda: posted[0] >= IN_WINDOW)

        await talk(staff_room(ticket.id), ticket.id, bob, sue)

        assert not posting.done()
        assert posted[0] <= 2 * IN_WINDOW
        posting.cancel()
        await asyncio.wait([posting])


async def test_two_posts_at_once_end_their_session(store: MemoryStore, start_node: StartNode):
    node = await start_node(SLOW)
    async with aiohttp.ClientSession() as http:
        url = f"{node.url}/socket.io/?EIO=4&transport=polling"
        async with http.get(url) as opened:
            sid = (await opened.text()).split('"sid":"')[1].split('"')[0]

        async def post(packets: int) -> int:
            body = "\x1e".join(["3"] * packets)
            async with http.post(f"{url}&sid={sid}", data=body) as answer:
                return answer.status

        first = asyncio.create_task(post(2 * IN_WINDOW + 2))
        polling = node.realtime._door.eio.sockets[sid]
        await until(lambda: polling._said > IN_WINDOW)
        assert await post(1) == 400
        assert sid not in node.realtime._door.eio.sockets
        first.cancel()
        await asyncio.wait([first])


async def test_announced_attachments_are_not_kept(store: MemoryStore, start_node: StartNode):
    node = await start_node(CALM)
    async with let_in(store, node) as socket:
        socket.send('459999999-["command",{"_placeholder":true,"num":0}]')
        socket.send(*[masked(b"x" * 500_000, 2)] * 20)
        socket.send(masked(b"?", 9))
        assert await socket.frame() == (10, b"?")

        (waiting,) = node.realtime._door._binary_packet.values()
        assert waiting.attachments == []


async def test_a_socket_is_in_so_many_rooms_and_no_join_brings_it_into_more(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node(replace(CALM, rooms_per_socket=5))
    rooms = [staff_room(store.desk.open().id) for _ in range(9)]
    ada = await enter(node, store.desk.ada)

    await ada.join(*rooms[:3])
    answers = await ada.join(*rooms[2:], rooms[3])  # One it is in, and one that is named twice.
    assert ["error" in each for each in answers] == [False] * 3 + [True] * 4 + [False]
    assert {each["error"]["code"] for each in answers if "error" in each} == {"invalid"}
    (connection,) = node.realtime.connections
    assert set(connection.rooms) == set(rooms[:5])

    together = await asyncio.gather(*(ada.join(room) for room in rooms[5:]))
    assert all("error" in each for (each,) in together)
    await ada.ask("leave", {"rooms": [rooms[0]]})
    assert "error" not in (await ada.join(rooms[8]))[0]
