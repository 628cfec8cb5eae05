"""From long polling to a WebSocket: the same session, with all that waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson
import pytest

from realtime.transport.engine import Polling
from realtime.transport.websocket import WebSocket
from tests.realtime.nodes import until
from tests.realtime.transport.bytes import connected
from tests.realtime.transport.echo import SocketEcho, serving

CALM = {"ping_interval": 25, "ping_timeout": 20}


class Poller:
    """A session over polling, by hand, in the namespace `/`."""

    def __init__(self, echo: SocketEcho, address: str, http: aiohttp.ClientSession) -> None:
        self.echo = echo
        self.address = address
        self.http = http
        self.sid = ""
        self.namespace_sid = ""

    @property
    def session(self) -> Any:
        return self.echo.engine.sockets.get(self.sid)

    @property
    def url(self) -> str:
        return f"{self.address}/socket.io/?EIO=4&transport=polling&sid={self.sid}"

    @property
    def path(self) -> str:
        return f"/socket.io/?EIO=4&transport=websocket&sid={self.sid}"

    async def enter(self) -> Poller:
        opened = await self.get(f"{self.address}/socket.io/?EIO=4&transport=polling")
        self.sid = orjson.loads(opened[1:])["sid"]
        await self.post("40")
        answer = await self.get()
        self.namespace_sid = orjson.loads(answer.split("\x1e")[0][2:])["sid"]
        if "auth" not in answer:
            assert (await self.get()).startswith('42["auth"')
        return self

    async def get(self, url: str = "") -> str:
        async with self.http.get(url or self.url) as answer:
            return await answer.text() if answer.status == 200 else str(answer.status)

    async def post(self, body: str) -> None:
        async with self.http.post(self.url, data=body) as answer:
            assert await answer.text() == "ok"

    async def say(self, *data: Any) -> None:
        await self.echo.server.emit("said", data, to=self.namespace_sid)


@asynccontextmanager
async def polling() -> AsyncGenerator[Poller]:
    echo = SocketEcho(**CALM)
    async with serving(echo) as address, aiohttp.ClientSession() as http:
        yield await Poller(echo, address, http).enter()


async def test_what_waits_goes_on_over_the_websocket_in_its_order():
    async with polling() as poller, connected(poller.address, poller.path) as socket:
        await poller.say(1)
        socket.send("2probe")
        assert await socket.text() == "3probe"
        await poller.say(2)
        socket.send("5")
        await until(lambda: isinstance(poller.session, WebSocket))
        await poller.say(3)

        assert [await socket.text() for _ in range(3)] == [
            f'42["said",{number}]' for number in (1, 2, 3)
        ]


async def test_a_waiting_poll_is_let_go_and_later_ones_are_refused():
    async with polling() as poller, connected(poller.address, poller.path) as socket:
        waiting = asyncio.create_task(poller.get())
        await until(lambda: poller.session.queue._getters)
        socket.send("2probe")

        assert await socket.text() == "3probe"
        assert await asyncio.wait_for(waiting, 8) == "6"
        assert await poller.get() == "6"
        socket.send("5")
        await until(lambda: isinstance(poller.session, WebSocket))
        assert await poller.get() == "400"


async def test_a_waiting_poll_is_let_go_even_by_who_does_not_wait_for_it():
    async with polling() as poller, connected(poller.address, poller.path) as socket:
        waiting = asyncio.create_task(poller.get())
        await until(lambda: poller.session.queue._getters)
        socket.send("2probe", "5", '427["message-with-ack","heard"]')

        assert await asyncio.wait_for(waiting, 8) == "6"
        assert await socket.text() == "3probe"
        assert await socket.text() == '437["heard"]'


async def test_the_session_and_the_rooms_are_the_same_before_and_after():
    async with polling() as poller, connected(poller.address, poller.path) as socket:
        server: Any = poller.echo.server
        await server.save_session(poller.namespace_sid, {"name": "Ada"})
        await server.enter_room(poller.namespace_sid, "desk")
        socket.send("2probe", "5")
        assert await socket.text() == "3probe"
        await until(lambda: isinstance(poller.session, WebSocket))

        await server.emit("said", "to the room", room="desk")
        assert await socket.text() == '42["said","to the room"]'
        assert await server.get_session(poller.namespace_sid) == {"name": "Ada"}
        assert poller.echo.server.manager.websockets.keys() == {poller.namespace_sid}


async def test_a_client_that_is_still_being_let_in_may_upgrade():
    echo, let_in = SocketEcho(**CALM), asyncio.Event()

    async def connect(_sid: str, _environ: Any, _auth: Any = None) -> None:
        await let_in.wait()

    echo.server.on("connect", connect)
    async with serving(echo) as address, aiohttp.ClientSession() as http:
        poller = Poller(echo, address, http)
        opened = await poller.get(f"{address}/socket.io/?EIO=4&transport=polling")
        poller.sid = orjson.loads(opened[1:])["sid"]
        entering = asyncio.create_task(poller.post("40"))
        await until(lambda: echo.server.manager.sid_from_eio_sid(poller.sid, "/"))
        async with connected(address, poller.path) as socket:
            socket.send("2probe", "5")
            assert await socket.text() == "3probe"
            await until(lambda: isinstance(poller.session, WebSocket))
            let_in.set()
            await entering

            assert (await socket.text()).startswith('40{"sid":')
            socket.send('421["message-with-ack","in"]')
            assert await socket.text() == '431["in"]'


@pytest.mark.parametrize("said", [["2nonsense"], ["5"], ["2probe", "2probe"], ['42["said"]']])
async def test_a_websocket_that_does_not_prove_itself_is_closed_and_polling_goes_on(
    said: list[str],
):
    async with polling() as poller, connected(poller.address, poller.path) as socket:
        socket.send(*said)
        await socket.closed()
        await poller.say("still here")

        assert isinstance(poller.session, Polling)
        answers = await poller.get()
        assert '42["said","still here"]' in answers


async def test_a_probe_that_vanishes_leaves_the_session_polling():
    async with polling() as poller:
        async with connected(poller.address, poller.path) as socket:
            socket.send("2probe")
            assert await socket.text() == "3probe"
            assert poller.session.upgrading
        await until(lambda: not poller.session.upgrading)
        await poller.say("still here")

        assert '42["said","still here"]' in await poller.get()


async def test_a_probe_that_takes_too_long_is_closed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("realtime.transport.engine.UPGRADE_WITHIN", 0.05)
    async with polling() as poller, connected(poller.address, poller.path) as socket:
        assert await socket.closed() == 1008
        assert isinstance(poller.session, Polling)


async def test_a_session_is_upgraded_only_once():
    async with polling() as poller, connected(poller.address, poller.path) as socket:
        socket.send("2probe", "5")
        assert await socket.text() == "3probe"
        await until(lambda: isinstance(poller.session, WebSocket))
        async with connected(poller.address, poller.path) as second:
            assert await second.closed() == 1008

        socket.send('421["message-with-ack"]')
        assert await socket.text() == "431[]"


async def test_who_is_ended_while_upgrading_hears_it_over_the_websocket():
    async with polling() as poller, connected(poller.address, poller.path) as socket:
        socket.send("2probe")
        assert await socket.text() == "3probe"
        await poller.say("goodbye")
        await poller.echo.engine.disconnect(poller.sid)
        socket.send("5")

        await socket.closed()
        assert poller.echo.engine.sockets == {}
