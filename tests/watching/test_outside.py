"""People whose server is elsewhere are watched too, over their sockets and over REST."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.realtime.conftest import node, redis_url, start_node, store, websockets
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import Node
from tests.watching.client import WatchedClient
from tests.watching.outside import OUTSIDE, Line
from tests.watching.watch import Leaked, Watch

__all__ = ["node", "redis_url", "start_node", "store", "websockets"]

NOTE = "He has not paid for months."
MESSAGE = "d6f2a0de-3f43-4bb8-9a3e-6f5cf2f0c1aa"
PEOPLE = {"agent": (True, "agent"), "client": (False, "client")}

Enter = Callable[..., Any]


async def log_in(request: Request) -> JSONResponse:
    who = (await request.json())["who"]
    staff, role = PEOPLE[who]
    user = {"id": who, "role": role, "staff": staff}
    return JSONResponse({"access_token": f"token of {who}", "user": user})


async def messages(request: Request) -> JSONResponse:
    """Keeps what is said, and shows it to everybody."""
    if request.method == "POST":
        request.app.state.said = (await request.json())["body"]
    return JSONResponse({"body": request.app.state.said})


@pytest.fixture
async def enter() -> Enter:
    """Logs somebody in at a server that keeps nothing to itself."""
    paths = [
        Route("/api/auth/login", log_in, methods=["POST"]),
        Route("/api/tickets/7/messages", messages, methods=["GET", "POST"]),
    ]
    transport = httpx.ASGITransport(Starlette(routes=paths))

    async def enter(who: str) -> httpx.AsyncClient:
        http = httpx.AsyncClient(
            transport=transport, base_url="http://there.test", event_hooks=OUTSIDE.hooks
        )
        await http.post("/api/auth/login", json={"who": who})
        http.headers["Authorization"] = f"Bearer token of {who}"
        return http

    return enter


def line(who: str) -> Line:
    opened = Line()
    opened.sends("40" + orjson.dumps({"token": f"token of {who}", "protocol": 1}).decode())
    return opened


def ask(asking: Line, **command: Any) -> None:
    asking.sends("421" + orjson.dumps(["command", command]).decode())
    asking.gets("431" + orjson.dumps([{"ok": True, "result": {"message_id": MESSAGE}}]).decode())


def show(shown: Line, **event: Any) -> None:
    envelope = {"room": "ticket:7", "seq": 2, "events": [event]}
    shown.gets("42" + orjson.dumps(["event", envelope]).decode())


async def test_a_note_that_comes_out_of_a_clients_socket_is_seen(watch: Watch, enter: Enter):
    await enter("agent")
    await enter("client")
    agent, client = line("agent"), line("client")
    ask(agent, type="ticket.reply", visibility="private", body=NOTE)

    show(agent, type="message.posted", body=NOTE)
    watch.judge()
    show(client, type="message.posted", body=NOTE)

    with pytest.raises(Leaked, match=r"a note .* reached client client in an event of ticket:7"):
        watch.judge()
    show(client, type="message.redacted", message_id=MESSAGE)
    with pytest.raises(Leaked, match=r"the id of a note .* reached client client"):
        watch.judge()


class Frames(Line):
    """Keeps what passes."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []
        self.got: list[str] = []

    def sends(self, frame: str) -> None:
        self.sent.append(frame)
        super().sends(frame)

    def gets(self, frame: str) -> None:
        self.got.append(frame)
        super().gets(frame)


async def test_every_frame_of_a_socket_io_client_passes_the_watch(store: MemoryStore, node: Node):
    frames = Frames()
    client = WatchedClient(frames, reconnection=False)
    token = store.log_in(store.desk.ada)

    await client.connect(node.url, auth={"token": token, "protocol": 1}, transports=["websocket"])
    await client.call("time", {}, timeout=8)
    await client.disconnect()

    assert frames.sent[0].startswith('40{"token":"' + token)
    assert frames.sent[1].startswith('421["time"')
    assert frames.got[0].startswith('40{"sid"')
    assert frames.got[1].startswith('431[{"ok":true')


async def test_a_note_that_comes_out_over_rest_is_seen(watch: Watch, enter: Enter):
    agent, client = await enter("agent"), await enter("client")
    note = {"body": NOTE, "visibility": "private"}
    await agent.post("/api/tickets/7/messages", json=note)
    watch.judge()

    await client.get("/api/tickets/7/messages")

    with pytest.raises(Leaked, match=r"reached client client in GET /api/tickets/7/messages"):
        watch.judge()


async def test_what_a_client_said_may_come_back_to_them(watch: Watch, enter: Enter):
    agent, client = await enter("agent"), await enter("client")
    await agent.post("/api/tickets/7/messages", json={"body": NOTE, "visibility": "private"})

    await client.post("/api/tickets/7/messages", json={"body": NOTE})

    watch.judge()
