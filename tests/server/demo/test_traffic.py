"""Simulated people in a whole demo: they move it, step back for real ones, and stop when told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from server.composition import compose
from server.demo.marks import is_demos
from server.demo.seeding import seed
from server.processes.plan import kept_secret
from server.settings import Settings
from tests.processes import held_port
from tests.server.demo.telling import few
from tests.server.processes.commanding import Commanded, deskwire
from tests.stores import mongodb_process, store_at, valkey_process

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATIENCE = 120.0


class Visitor:
    """Somebody at the demo's page, and the demo behind it."""

    def __init__(self, demo: Commanded, address: str) -> None:
        self.demo = demo
        self.http = httpx.AsyncClient(base_url=address, timeout=30)

    async def look(self) -> dict[str, Any]:
        return (await self.http.get("/api/demo")).raise_for_status().json()

    async def become(self, key: str) -> None:
        granted = await self.http.post("/api/demo/session", json={"key": key})
        token = granted.raise_for_status().json()["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"

    async def switch(self, *, on: bool) -> None:
        (await self.http.post("/api/demo/traffic", json={"on": on})).raise_for_status()

    async def simulated(self) -> list[dict[str, Any]]:
        """The tickets of simulated people, the one last touched first."""
        answer = await self.http.get("/api/tickets", params={"tag": "simulated", "limit": 100})
        return answer.raise_for_status().json()["items"]

    async def moves(self) -> int:
        """How much has happened in them so far."""
        return sum(each["staff"]["head"] for each in await self.simulated())

    async def log_of(self, ticket_id: str) -> list[dict[str, Any]]:
        answer = await self.http.get(f"/api/tickets/{ticket_id}/log")
        return answer.raise_for_status().json()["items"]


async def until(question: Any, seconds: float = PATIENCE) -> Any:
    """Ask until the answer is true, and give it."""
    async with asyncio.timeout(seconds):
        while True:
            with suppress(httpx.TransportError):  # A node that was killed; the next may answer.
                if answer := await question():
                    return answer
            await asyncio.sleep(0.2)


def is_theirs(envelope: dict[str, Any]) -> bool:
    """Whether somebody simulated did something, other than to leave an offer to others."""
    types = {each["type"] for each in envelope["events"]}
    somebody = envelope["actor"]["kind"] != "system"  # Guesses and offers are the product's own.
    return somebody and is_demos(envelope["command_id"]) and types != {"ticket.offer_ended"}


async def tell_few(folder: Path) -> None:
    """Few stories in the stores of a data folder: no month moves in beside the tests."""
    with (
        store_at(mongodb_process, folder) as mongodb_url,
        store_at(valkey_process, folder) as redis_url,
    ):
        settings = Settings(
            mode="demo",
            mongodb_url=mongodb_url,
            redis_url=redis_url,
            secret_key=kept_secret(folder),
            data_dir=folder,
        )
        async with compose(settings) as parts:
            await seed(parts, extent=few())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visitor(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Visitor]:
    """Somebody who has just started a demo, its traffic on."""
    folder = tmp_path_factory.mktemp("demo")
    await tell_few(folder)
    with held_port() as port, deskwire("demo", data_dir=folder, port=port, NO_TRAFFIC="") as demo:
        address = (await asyncio.to_thread(demo.wait_for, r"serves (http://\S+)"))[1]
        await asyncio.to_thread(demo.wait_for, "Ctrl-C stops it")
        visitor = Visitor(demo, address)
        await visitor.become("supervisor")
        yield visitor
        await visitor.http.aclose()


async def test_people_come_and_open_tickets_that_are_marked(visitor: Visitor):
    async def people() -> bool:
        return (await visitor.look())["traffic"]["people"] >= 2

    await until(people)
    (ticket, *_) = await until(visitor.simulated)

    assert ticket["private"]["tags"] == ["simulated"]


async def test_none_of_them_is_somebody_a_visitor_may_be(visitor: Visitor):
    (ticket, *_) = await until(visitor.simulated)
    log = await visitor.log_of(ticket["id"])
    seen = (await visitor.http.get("/api/auth/me")).json()["user"]["id"]

    assert log
    assert all(is_demos(envelope["command_id"]) for envelope in log)
    assert all(envelope["actor"]["id"] != seen for envelope in log)


async def test_they_go_on_through_another_node_when_theirs_is_killed(visitor: Visitor):
    before = await visitor.moves()

    killed = await visitor.http.post("/api/demo/nodes/node-a/kill")
    assert killed.status_code == 200, killed.text

    async def moved() -> bool:
        return await visitor.moves() > before + 5

    await until(moved)


async def test_a_person_who_answers_has_the_ticket_to_themselves(visitor: Visitor):
    async def under_way() -> list[dict[str, Any]]:
        return [each for each in await visitor.simulated() if each["status"] == "open"]

    (ticket, *_) = await until(under_way)
    path = f"/api/tickets/{ticket['id']}/messages"
    said = await visitor.http.post(path, json={"body": "I take over here."})
    assert said.status_code == 201, said.text
    before = await visitor.moves()

    async def others_moved() -> bool:
        return await visitor.moves() > before + 8

    await until(others_moved)
    log = await visitor.log_of(ticket["id"])
    mine = next(place for place, each in enumerate(log) if not is_demos(each["command_id"]))
    after = [each for each in log[mine + 1 :] if is_theirs(each)]
    done = [(each["actor"]["kind"], [event["type"] for event in each["events"]]) for each in after]
    assert len(done) <= 1, done  # What was on its way already.


async def test_one_click_stops_them_and_they_stay_away_until_another(visitor: Visitor):
    async def nobody() -> bool:
        return (await visitor.look())["traffic"] == {"on": False, "people": 0}

    async def somebody() -> bool:
        return (await visitor.look())["traffic"]["people"] > 0

    await visitor.switch(on=False)
    await until(nobody)
    before = await visitor.moves()
    assert await visitor.moves() == before

    await visitor.switch(on=True)
    await until(somebody)


async def test_a_visitor_who_asks_alone_is_answered_by_one_of_them(visitor: Visitor):
    await visitor.switch(on=True)
    await visitor.become("client")
    asked = {"title": "Where is my parcel?", "body": "It should have come on Monday."}
    opened = (await visitor.http.post("/api/tickets", json=asked)).raise_for_status().json()

    async def answers() -> list[dict[str, Any]]:
        path = f"/api/tickets/{opened['id']}/messages"
        said = (await visitor.http.get(path)).raise_for_status().json()["items"]
        return [each for each in said if each["author"]["kind"] == "agent"]

    assert len(await until(answers)) == 1
