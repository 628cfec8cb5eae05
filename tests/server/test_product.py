"""The product as it runs: stores, a node and a worker in processes of their own."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import httpx
import pytest
import socketio

from server.settings import Settings
from tests.stores import mongodb_process, store_folder, valkey_process

DEADLINE_SECONDS = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def settings() -> Generator[Settings]:
    """Settings whose stores serve in processes of their own."""
    with store_folder() as folder:
        stores = mongodb_process(folder), valkey_process(folder)
        for store in stores:
            store.start()
        yield Settings(
            mongodb_url=stores[0].url,
            redis_url=stores[1].url,
            secret_key=uuid4().hex + uuid4().hex,
            data_dir=folder / "data",
            port=free_port(),
        )
        for store in stores:
            store.kill()


class Running:
    """A process of ours; what it prints is in a file."""

    def __init__(self, settings: Settings, module: str, log: Path) -> None:
        self.log = log
        with log.open("wb") as printed:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module],
                env={**os.environ, **settings.to_environ(), "PYTHONUNBUFFERED": "1"},
                stdout=printed,
                stderr=printed,
            )

    def stop(self) -> int:
        """Ask it to end, and give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE_SECONDS)


@pytest.fixture
def processes(settings: Settings, tmp_path: Path) -> Generator[dict[str, Running]]:
    """A node and a worker, started together as the supervisor does."""
    running = {
        name: Running(settings, f"server.{name}", tmp_path / f"{name}.log")
        for name in ("node", "worker")
    }
    yield running
    for each in running.values():
        each.process.kill()
        each.process.wait()


@pytest.fixture
async def sockets() -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def until_ready(settings: Settings, processes: dict[str, Running]) -> None:
    """Wait until the node is ready and the worker has said so."""
    async with asyncio.timeout(DEADLINE_SECONDS), httpx.AsyncClient() as http:
        while True:
            assert all(each.process.poll() is None for each in processes.values()), [
                each.log.read_text() for each in processes.values()
            ]
            try:
                ready = await http.get(f"{settings.public_url}/readyz")
            except httpx.TransportError:
                await asyncio.sleep(0.02)
                continue
            if ready.status_code == 200 and "ready" in processes["worker"].log.read_text():
                return
            await asyncio.sleep(0.02)


class Listener:
    """A socket client that keeps every envelope it was sent."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self.socket = socketio.AsyncClient(http_session=http, reconnection=False)
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
    processes: dict[str, Running],
    sockets: aiohttp.ClientSession,
    tmp_path: Path,
):
    await until_ready(settings, processes)
    seeding = Running(settings, "server.seed", tmp_path / "seed.log")
    assert seeding.process.wait(60) == 0, seeding.log.read_text()
    url = settings.public_url

    async with httpx.AsyncClient(base_url=url) as http:

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
    settings: Settings, processes: dict[str, Running], sockets: aiohttp.ClientSession
):
    await until_ready(settings, processes)
    async with httpx.AsyncClient(base_url=settings.public_url) as http:
        guest = (await http.post("/api/auth/guest", json={})).json()
    listener, dismissed = Listener(sockets), asyncio.Event()
    listener.socket.on("disconnect", lambda *_: dismissed.set())
    await listener.enter(settings.public_url, guest["access_token"], f"user:{guest['user']['id']}")

    codes = await asyncio.gather(*(asyncio.to_thread(each.stop) for each in processes.values()))

    async with asyncio.timeout(DEADLINE_SECONDS):
        await dismissed.wait()
    assert codes == [0, 0]
    printed = [each.log.read_text() for each in processes.values()]
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
