"""The product as it runs: stores, a node and a worker in processes of their own."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Generator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import httpx
import pytest

from server.settings import Settings
from tests.processes import Program, held_port, is_ready, module
from tests.stores import mongodb_process, store_folder, valkey_process
from tests.waiting import ANSWER_SECONDS
from tests.watching.client import WatchedClient
from tests.watching.outside import OUTSIDE

DEADLINE_SECONDS = 30.0


@pytest.fixture
def settings() -> Generator[Settings]:
    """Settings whose stores serve in processes of their own."""
    with store_folder() as folder, held_port() as port:
        stores = mongodb_process(folder), valkey_process(folder)
        for store in stores:
            store.start()
        yield Settings(
            mongodb_url=stores[0].url,
            redis_url=stores[1].url,
            secret_key=uuid4().hex + uuid4().hex,
            data_dir=folder / "data",
            port=port,
        )
        for store in stores:
            store.kill()


def program(settings: Settings, name: str, folder: Path) -> Program:
    """A module of the server, or the tests' own seed, not started yet, which prints to a file in
    the folder."""
    environ = {**os.environ, **settings.to_environ()}
    log = folder / f"{name}.log"
    answers = partial(is_ready, settings.public_url) if name == "node" else None
    house = "tests" if name == "seed" else "server"
    return Program(name, module(f"{house}.{name}"), log, answers=answers, environ=environ)


@pytest.fixture
def processes(settings: Settings, tmp_path: Path) -> Generator[dict[str, Program]]:
    """A node and a worker, started together as the supervisor does."""
    running = {name: program(settings, name, tmp_path) for name in ("node", "worker")}
    for each in running.values():
        each.begin()
    yield running
    for each in running.values():
        each.kill()


@pytest.fixture
async def sockets() -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def until_ready(processes: dict[str, Program]) -> None:
    """Wait until the node is ready and the worker has said so."""
    for each in processes.values():
        await asyncio.to_thread(each.await_ready)


class Listener:
    """A socket client that keeps every envelope it was sent."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self.socket = WatchedClient(http_session=http, reconnection=False)
        self.heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.socket.on("event", self.heard.put)

    async def enter(self, url: str, token: str, *rooms: str) -> list[dict[str, Any]]:
        """Connect and join; what each room answered."""
        auth = {"token": token, "protocol": 1, "client": "test"}
        await self.socket.connect(url, auth=auth, transports=["websocket"])
        answer = await self.socket.call("join", {"rooms": [{"room": room} for room in rooms]})
        assert answer["ok"], answer
        return answer["rooms"]

    async def hear(self, room: str, type_: str) -> dict[str, Any]:
        """The next event of a type in a room."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while True:
                envelope = await self.heard.get()
                for event in envelope["events"]:
                    if envelope["room"] == room and event["type"] == type_:
                        return event


async def test_from_sign_up_to_closed_over_rest_while_sockets_watch(
    settings: Settings,
    processes: dict[str, Program],
    sockets: aiohttp.ClientSession,
    tmp_path: Path,
):
    await until_ready(processes)
    await asyncio.to_thread(program(settings, "seed", tmp_path).run)
    url = settings.public_url

    async with httpx.AsyncClient(
        base_url=url, event_hooks=OUTSIDE.hooks, timeout=ANSWER_SECONDS
    ) as http:

        async def grant(path: str, **body: str) -> dict[str, Any]:
            response = await http.post(f"/api/auth/{path}", json=body)
            assert response.is_success, response.text
            return response.json()

        async def ask(who: dict[str, Any], method: str, path: str, **body: Any) -> Any:
            headers = {"Authorization": f"Bearer {who['access_token']}"}
            response = await http.request(method, path, headers=headers, json=body or None)
            assert response.is_success, response.text
            return response.json()

        client = await grant("signup", email="ann@desk.test", name="Ann", password="ann's secret")
        agent = await grant("login", email="agent@demo.test", password="deskwire-demo")
        chief = await grant("login", email="supervisor@demo.test", password="deskwire-demo")
        team = (await ask(agent, "GET", "/api/auth/me"))["teams"][0]["id"]
        inbox, wall, room = (Listener(sockets) for _ in range(3))
        await inbox.enter(url, agent["access_token"], f"team:{team}")
        await wall.enter(url, chief["access_token"], "wallboard")

        ticket = await ask(client, "POST", "/api/tickets", title="It hums", body="Loudly.")
        row = await inbox.hear(f"team:{team}", "feed.row")
        assert (row["ticket_id"], row["row"]["title"]) == (ticket["id"], "It hums")
        assert (await wall.hear("wallboard", "feed.counter"))["v"] == 1

        listed = await ask(agent, "GET", "/api/tickets?q=hums")
        assert [each["id"] for each in listed["items"]] == [ticket["id"]]
        public, path = f"ticket:{ticket['id']}", f"/api/tickets/{ticket['id']}"
        (joined,) = await room.enter(url, client["access_token"], public)
        assert joined["snapshot"]["messages"][0]["body"] == "Loudly."

        await ask(agent, "POST", f"{path}/messages", body="not for Ann", visibility="private")
        await ask(agent, "POST", f"{path}/messages", body="Which one?")
        assert (await room.hear(public, "message.posted"))["body"] == "Which one?"
        await ask(client, "POST", f"{path}/messages", body="The left one.")
        assert (await room.hear(public, "message.posted"))["body"] == "The left one."

        await ask(agent, "POST", f"{path}/assign", agent_id=agent["user"]["id"])
        assert (await room.hear(public, "ticket.assigned"))["agent_id"] == agent["user"]["id"]
        closed = await ask(agent, "POST", f"{path}/status", status="closed")
        assert closed["status"] == "closed"
        assert (await room.hear(public, "ticket.status_changed"))["status"] == "closed"
        history = await ask(client, "GET", f"{path}/log")
        assert "not for Ann" not in str(history)
        assert [each["seq"] for each in history["items"]] == sorted(
            each["seq"] for each in history["items"]
        )

        for listener in (inbox, wall, room):
            await listener.socket.disconnect()


async def test_a_stop_dismisses_sockets_and_ends_cleanly(
    settings: Settings, processes: dict[str, Program], sockets: aiohttp.ClientSession
):
    await until_ready(processes)
    url = settings.public_url
    async with httpx.AsyncClient(
        base_url=url, event_hooks=OUTSIDE.hooks, timeout=ANSWER_SECONDS
    ) as http:
        guest = (await http.post("/api/auth/guest", json={})).json()
    listener, dismissed = Listener(sockets), asyncio.Event()
    listener.socket.on("disconnect", lambda *_: dismissed.set())
    await listener.enter(settings.public_url, guest["access_token"], f"user:{guest['user']['id']}")

    codes = await asyncio.gather(*(asyncio.to_thread(each.stop) for each in processes.values()))

    async with asyncio.timeout(DEADLINE_SECONDS):
        await dismissed.wait()
    assert codes == [0, 0]
    printed = [each.printed() for each in processes.values()]
    assert not any(word in text for text in printed for word in ("ERROR", "Traceback")), printed


async def test_settings_that_are_wrong_are_said_and_nothing_is_served():
    environ = {"MONGODB_URL": "mongodb://x", "REDIS_URL": "redis://x", "SECRET_KEY": "short"}

    async def run(module: str) -> tuple[int | None, bytes]:
        ended = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module),
            env={**os.environ, **environ},
            stderr=asyncio.subprocess.PIPE,
        )
        _, printed = await ended.communicate()
        return ended.returncode, printed

    for code, printed in await asyncio.gather(*map(run, ("server.node", "server.worker"))):
        assert code == 1
        assert printed.splitlines()[-1].startswith(b"SECRET_KEY must be")
