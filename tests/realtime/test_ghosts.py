"""Who vanishes at a bad moment is nowhere afterwards: in no room, on no list, viewing nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from domain.audience import staff_room
from domain.ticket.commands import Reply
from tests.realtime.conftest import Enter
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import Node, until
from tests.realtime.transport.bytes import RawSocket, connected

SOCKETS = "/socket.io/?EIO=4&transport=websocket"


def hello(store: MemoryStore) -> str:
    auth = {"token": store.log_in(store.desk.ada), "protocol": 1}
    return "40" + orjson.dumps(auth).decode()


def asking(event: str, **payload: Any) -> str:
    return "421" + orjson.dumps([event, payload]).decode()


async def vanish(socket: RawSocket) -> None:
    socket.writer.transport.abort()


@pytest.mark.parametrize("read", ["authenticate", "snapshot"])
async def test_who_vanishes_while_connecting_or_joining_is_no_member(
    store: MemoryStore, node: Node, enter: Enter, websockets: str, read: str
):
    ticket = store.desk.open()
    name = staff_room(ticket.id)
    gate = asyncio.Event()
    async with connected(node.url, SOCKETS) as socket:
        assert (await socket.text()).startswith("0")
        store.before[read] = gate.wait  # type: ignore[assignment]
        socket.send(
            hello(store),
            asking("join", rooms=[{"room": name}]),
            asking("signal", room=name, type="viewing"),
        )
        await until(lambda: store.reads[read])
        await vanish(socket)
    eio: Any = node.realtime._door.eio
    if websockets == "slim":  # python-engineio's own hears of it only when nobody is waited for.
        await until(lambda: not eio.sockets)
    del store.before[read]
    gate.set()
    await until(lambda: not eio.sockets and not len(node.realtime.connections))

    # Given somebody else in the room now
    bob = await enter(node, store.desk.bob)
    (joined,) = await bob.join(name)
    node.publish(store.commit(store.desk.ask(ticket, Reply, body="Anybody?"), store.desk.ada))
    await until(lambda: bob.seqs(name) == [2])

    # Then nobody else is anywhere
    room = node.realtime.rooms.get(name)
    assert room is not None
    assert [member.actor.id for member in room.members.values()] == [store.desk.bob.id]
    assert [each.actor.id for each in node.realtime.connections] == [store.desk.bob.id]
    assert set(node.realtime._door.manager.get_participants("/", None)) == {
        (bob.sio.get_sid("/"), bob.sio.eio.sid)
    }
    assert joined["signals"] == []
