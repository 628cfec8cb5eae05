"""How often somebody may ask over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from domain.access import Actor
from domain.errors import RateLimited, Unauthenticated
from domain.message import ActorKind
from domain.ports import Session
from domain.rates import Buckets
from server.app import make_http
from server.brands import Brands
from server.http.operation import Call, Operation, Who, operation
from server.http.rates import BURST_SECONDS
from server.settings import Settings
from tests.domain.desk import uid


class Words(BaseModel):
    q: str = ""


@operation("POST", "/api/things", "Change")
async def change(_call: Call) -> None:
    return None


@operation("POST", "/api/files", "Upload", uploads=True)
async def upload(_call: Call) -> None:
    return None


@operation("GET", "/api/things", "List", takes=Words)
async def look(_call: Call, _words: Words) -> None:
    return None


@operation("POST", "/api/enter", "Come in", who=Who.ANYBODY)
async def enter(_call: Call) -> None:
    return None


@operation("GET", "/api/articles", "Read", who=Who.READER)
async def read(_call: Call) -> None:
    return None


@operation("GET", "/healthz", "Be well", who=Who.ANYBODY)
async def health(_call: Call) -> None:
    return None


class Sessions:
    """Everybody is in whose token is a name."""

    async def authenticate(self, token: str) -> Session:
        if token == "forged":
            raise Unauthenticated("This token is not valid.")
        name = token.partition("-")[0]
        actor = Actor(kind=ActorKind.AGENT, id=uid(name), user_id=uid(name))
        return Session(token, actor, access_version="1", expires_at=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        mongodb_url="mongodb://localhost",
        redis_url="redis://localhost",
        secret_key="x" * 32,
        data_dir=tmp_path,
        http_changes_per_second=1,
        http_searches_per_second=1,
        http_reads_per_second=2,
        http_strangers_per_second=1,
    )


class Door:
    """Requests by somebody from somewhere."""

    def __init__(self, settings: Settings) -> None:
        brands = Brands(settings, Any, Any)
        parts: Any = SimpleNamespace(settings=settings, sessions=Sessions(), brands=brands)
        operations: tuple[Operation, ...] = (change, upload, look, enter, read, health)
        self._app = make_http(parts, operations)

    async def ask(
        self, method: str, path: str, who: str | None = None, address: str = "203.0.113.9"
    ) -> httpx.Response:
        headers: Mapping[str, str] = {"Authorization": f"Bearer {who}"} if who else {}
        transport = httpx.ASGITransport(self._app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as http:
            return await http.request(method, path, headers=headers)

    async def statuses(self, times: int, *asked: str, **where: str) -> list[int]:
        return [(await self.ask(*asked, **where)).status_code for _ in range(times)]


@pytest.fixture
def door(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Door:
    """While time stands still."""
    monkeypatch.setattr("server.http.rates.monotonic", lambda: 1.0)
    return Door(settings)


async def test_who_reads_without_a_session_is_counted_as_a_stranger(door: Door):
    assert await door.statuses(BURST_SECONDS, "GET", "/api/articles") == [204] * 6

    assert await door.statuses(1, "GET", "/api/articles") == [429]
    assert await door.statuses(1, "GET", "/api/articles", who="ada") == [204]


async def test_who_changes_too_much_is_told_when_to_go_on(door: Door):
    assert await door.statuses(BURST_SECONDS, "POST", "/api/things", who="ada") == [204] * 6

    response = await door.ask("POST", "/api/things", who="ada")

    error = response.json()["error"]
    assert (response.status_code, error["code"], error["retryable"]) == (429, "rate_limited", True)
    assert 0 < error["fields"]["retry_after"] <= 1
    assert response.headers["retry-after"] == "1"


async def test_one_persons_flood_is_nobody_elses_and_is_one_flood_from_everywhere(door: Door):
    await door.statuses(BURST_SECONDS, "POST", "/api/things", who="ada-phone")

    assert await door.statuses(1, "POST", "/api/things", who="bob") == [204]
    assert await door.statuses(1, "POST", "/api/things", who="ada-desk", address="::1") == [429]
    assert await door.statuses(1, "POST", "/api/files", who="ada-desk") == [429]


async def test_changes_searches_and_reads_are_counted_apart(door: Door):
    await door.statuses(BURST_SECONDS, "POST", "/api/things", who="ada")

    searched = await door.statuses(BURST_SECONDS + 1, "GET", "/api/things?q=it", who="ada")
    read = await door.statuses(2 * BURST_SECONDS + 1, "GET", "/api/things", who="ada")

    assert searched == [204] * 6 + [429]
    assert read == [204] * 12 + [429]
    assert await door.statuses(1, "GET", "/api/things", who="bob") == [204]


async def test_strangers_are_counted_by_where_they_are(door: Door):
    asked = await door.statuses(BURST_SECONDS + 1, "POST", "/api/enter")

    assert asked == [204] * 6 + [429]
    assert await door.statuses(1, "POST", "/api/enter", address="198.51.100.7") == [204]
    assert set(await door.statuses(20, "GET", "/healthz")) == {204}
    assert await door.statuses(1, "POST", "/api/things", who="ada") == [204]


async def test_a_whole_ipv6_network_is_one_stranger(door: Door):
    asked = [
        (await door.ask("POST", "/api/enter", address=f"2001:db8::{n}")).status_code
        for n in range(1, 8)
    ]

    assert asked == [204] * 6 + [429]


async def test_who_tries_tokens_is_a_stranger(door: Door):
    tried = await door.statuses(BURST_SECONDS + 1, "GET", "/api/things", who="forged")

    assert tried == [401] * 6 + [429]


def test_whoever_has_been_quiet_is_forgotten():
    buckets = Buckets(rate=1.0, burst=6.0)
    for number in range(100):
        buckets.take(str(number), now=1.0)
    for _ in range(BURST_SECONDS):
        buckets.take("loud", now=1.0)

    for number in range(60):
        buckets.take(f"new {number}", now=2.0)

    assert len(buckets) == 61
    buckets.take("loud", now=2.0)
    with pytest.raises(RateLimited):
        buckets.take("loud", now=2.0)
