"""A node, two workers and their stores as processes: the answer streams, whoever dies meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import httpx

from domain.inbox.state import DEFAULT_INBOX_ID
from server.settings import Settings
from tests.processes import Program
from tests.server.test_product import (
    Listener,
    program,
    settings,
    sockets,
    until_ready,
)
from tests.watching.outside import OUTSIDE

__all__ = ["settings", "sockets"]

BODY = "A refund takes five working days after the parcel is back, by the way that you paid. " * 4
QUESTION = "How long does a refund take?"
PASSWORD = "deskwire-demo"
SECONDS = 60.0


class Reader(Listener):
    """Reads along, as a page does: what stands there at each moment."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        super().__init__(http)
        self.texts: list[str] = []
        self.births: list[int] = []
        self.socket.on("signal", self.read)

    async def read(self, signal: dict[str, Any]) -> None:
        if signal["type"] != "assistant.delta":
            return
        before = self.texts[-1] if self.texts else ""
        assert signal["index"] <= len(before), "a hole"
        self.texts.append(before[: signal["index"]] + signal["text"])
        self.births.append(signal["generation"])


class Office:
    """The product, with the assistant on and one article."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self.url = settings.public_url
        self._http = http
        self.tokens: dict[str, str] = {}

    async def enter(self, who: str) -> None:
        fields = {"email": f"{who}@demo.test", "password": PASSWORD}
        response = await self._http.post("/api/auth/login", json=fields)
        self.tokens[who] = response.raise_for_status().json()["access_token"]

    async def ask(self, who: str, method: str, path: str, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        response = await self._http.request(method, path, headers=headers, json=body or None)
        assert response.is_success, response.text
        return response.json()

    async def furnish(self) -> None:
        for who in ("client", "agent", "admin"):
            await self.enter(who)
        article = {"title": QUESTION, "body": BODY, "stage": "published"}
        await self.ask("agent", "POST", "/api/articles", **article)
        path = f"/api/inboxes/{DEFAULT_INBOX_ID}"
        inbox = await self.ask("admin", "GET", path)
        await self.ask("admin", "PUT", path, version=inbox["version"], assistant=True)
        async with asyncio.timeout(SECONDS):  # Until a worker has read the article.
            while (await self.ask("agent", "GET", "/api/assistant"))["level"] != "passages":  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def messages(self, ticket_id: str) -> list[dict[str, Any]]:
        page = await self.ask("agent", "GET", f"/api/tickets/{ticket_id}/messages")
        return page["items"]


@asynccontextmanager
async def opened(
    settings: Settings, folder: Path, **workers: str
) -> AsyncGenerator[tuple[Office, dict[str, Program]]]:
    """`workers` by their names, each with the fault that ends it."""
    running = {"node": program(settings, "node", folder)}
    running["node"].begin()
    for name, fault in workers.items():
        running[name] = program(settings, "worker", folder)
        running[name].log = folder / f"{name}.log"
        running[name].begin(**({"DESKWIRE_FAULT": fault} if fault else {}))
    try:
        await until_ready(running)
        await asyncio.to_thread(program(settings, "seed", folder).run)
        hooks = OUTSIDE.hooks
        async with httpx.AsyncClient(
            base_url=settings.public_url, event_hooks=hooks, timeout=SECONDS
        ) as http:
            office = Office(settings, http)
            await office.furnish()
            yield office, running
    finally:
        for each in running.values():
            each.kill()


async def until(holds: Any) -> None:
    async with asyncio.timeout(SECONDS):
        while not holds():  # noqa: ASYNC110 - what is waited for is in another process
            await asyncio.sleep(0.02)


async def asked(
    office: Office, sockets: aiohttp.ClientSession, *who: str
) -> tuple[str, list[Reader]]:
    """A question, and those who read along from the moment on that it is there."""
    ticket = await office.ask("client", "POST", "/api/tickets", title="Refund", body=QUESTION)
    readers: list[Reader] = []
    for each in who:
        room = f"ticket:{ticket['id']}" + ("" if each == "client" else ":staff")
        reader = Reader(sockets)
        (joined,) = await reader.enter(office.url, office.tokens[each], room)
        for signal in joined["signals"]:
            await reader.read(signal)
        readers.append(reader)
    return ticket["id"], readers


async def test_two_clients_and_an_agent_read_along_and_then_it_is_a_message(
    settings: Settings, sockets: aiohttp.ClientSession, tmp_path: Path
):
    async with opened(settings, tmp_path, worker="") as (office, _):
        ticket_id, readers = await asked(office, sockets, "client", "client", "agent")
        rooms = [f"ticket:{ticket_id}"] * 2 + [f"ticket:{ticket_id}:staff"]
        posted = [
            await reader.hear(room, "message.posted")
            for reader, room in zip(readers, rooms, strict=True)
        ]

        body = posted[0]["body"]
        assert "five working days" in body
        assert posted[0]["sources"][0]["title"] == QUESTION
        for reader in readers:
            assert len(reader.texts) > 5
            assert all(body.startswith(text) for text in reader.texts)
            assert reader.texts[-1].strip() == body.strip()


async def test_a_worker_that_dies_in_the_middle_is_followed_by_another_and_there_is_one_answer(
    settings: Settings, sockets: aiohttp.ClientSession, tmp_path: Path
):
    async with opened(settings, tmp_path, worker="while_speaking:20") as (office, running):
        ticket_id, (reader,) = await asked(office, sockets, "client")
        await until(lambda: running["worker"].process.poll() is not None)
        assert reader.texts
        first = set(reader.births)

        running["worker"].begin()
        posted = await reader.hear(f"ticket:{ticket_id}", "message.posted")

        again = [birth for birth in reader.births if birth not in first]
        assert again
        assert min(again) > max(first)
        assert "five working days" in posted["body"]
        messages = await office.messages(ticket_id)
        assert [each["author"]["kind"] for each in messages] == ["client", "assistant"]


async def test_no_word_is_shown_once_an_agent_has_answered(
    settings: Settings, sockets: aiohttp.ClientSession, tmp_path: Path
):
    async with opened(settings, tmp_path, worker="") as (office, _):
        ticket_id, (reader,) = await asked(office, sockets, "client")
        await until(lambda: reader.texts)
        path = f"/api/tickets/{ticket_id}/messages"
        await office.ask("agent", "POST", path, body="I have it.")
        await reader.hear(f"ticket:{ticket_id}", "assistant.handed_over")
        shown = len(reader.texts)

        await office.ask("client", "POST", path, body="Thank you!")
        await reader.hear(f"ticket:{ticket_id}", "message.posted")

        assert len(reader.texts) == shown
        kinds = [each["author"]["kind"] for each in await office.messages(ticket_id)]
        assert kinds == ["client", "agent", "client"]
