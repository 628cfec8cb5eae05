"""A composed desk with people who are logged in, for tests that go through the door."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from argon2 import PasswordHasher

from server.app import make_http
from server.auth.accounts import add_user
from server.auth.passwords import Passwords
from server.composition import Parts, compose
from server.settings import Settings

PASSWORD = "correct horse 1"
ROLES = {
    "agent": "agent",
    "supervisor": "supervisor",
    "admin": "admin",
    "client": "client",
    "stranger": "client",
}
"""Who is there, and as what."""
UNHURRIED = {
    "http_changes_per_second": 100_000,
    "http_searches_per_second": 100_000,
    "http_reads_per_second": 100_000,
    "http_strangers_per_second": 100_000,
}
"""A desk that no pace of a test is too fast for; rates have tests of their own."""


class Desk:
    """Requests in the name of somebody: `await desk.get("agent", "/api/tickets")`."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        transport = httpx.ASGITransport(make_http(parts))
        self.http = httpx.AsyncClient(transport=transport, base_url=parts.settings.public_url)
        self.people: dict[str, dict[str, Any]] = {}
        self.tokens: dict[str, str] = {}

    async def enter(self, who: str) -> None:
        """Log in somebody who is there."""
        granted = await self.http.post(
            "/api/auth/login", json={"email": f"{who}@desk.test", "password": PASSWORD}
        )
        assert granted.status_code == 200, granted.text
        self.people[who] = granted.json()["user"]
        self.tokens[who] = granted.json()["access_token"]

    def id_of(self, who: str) -> str:
        """The id that the log names somebody by."""
        person = self.people[who]
        return person["contact_id"] or person["id"]

    async def ask(
        self, who: str | None, method: str, path: str, *, key: str | None = None, **more: Any
    ) -> httpx.Response:
        """One request; `key` is its Idempotency-Key."""
        headers: dict[str, str] = dict(more.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        if key is not None:
            headers["Idempotency-Key"] = key
        return await self.http.request(method, path, headers=headers, **more)

    async def get(self, who: str | None, path: str, **more: Any) -> httpx.Response:
        return await self.ask(who, "GET", path, **more)

    async def post(
        self, who: str | None, path: str, body: dict[str, Any] | None = None, **more: Any
    ) -> httpx.Response:
        return await self.ask(who, "POST", path, json=body or {}, **more)

    async def put(
        self, who: str | None, path: str, body: dict[str, Any], **more: Any
    ) -> httpx.Response:
        return await self.ask(who, "PUT", path, json=body, **more)

    async def delete(self, who: str | None, path: str, **more: Any) -> httpx.Response:
        return await self.ask(who, "DELETE", path, **more)

    async def open(self, title: str = "It does not work", **more: Any) -> dict[str, Any]:
        """A ticket of the client."""
        body = {"title": title, "body": "Please help.", **more}
        return done(await self.post("client", "/api/tickets", body), 201)

    async def say(self, who: str, ticket: dict[str, Any], body: str, **more: Any) -> dict[str, Any]:
        """A message in a ticket."""
        path = f"/api/tickets/{ticket['id']}/messages"
        return done(await self.post(who, path, {"body": body, **more}), 201)


def done(response: httpx.Response, status: int = 200) -> dict[str, Any]:
    """The body of an answer that is as it should be."""
    assert response.status_code == status, response.text
    return response.json()


def refused(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The error of a refusal, which has nothing beside it."""
    assert response.status_code == status, response.text
    content = response.json()
    assert set(content) == {"error"}
    assert content["error"]["code"] == code, response.text
    return content["error"]


@asynccontextmanager
async def open_desk(
    mongodb_url: str, redis_url: str, folder: Path, *, people: bool = True, **more: Any
) -> AsyncGenerator[Desk]:
    """A desk with a database of its own, and everybody logged in where there shall be people."""
    settings = Settings(
        mongodb_url=mongodb_url,
        redis_url=redis_url,
        secret_key="a secret that only the tests know " + "x" * 32,
        database=f"test_{uuid4().hex}",
        data_dir=folder,
        **{**UNHURRIED, **more},
    )
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    async with compose(settings, passwords) as parts:
        desk = Desk(parts)
        for who, role in ROLES.items() if people else ():
            await add_user(
                parts.store,
                email=f"{who}@desk.test",
                name=who.title(),
                role=role,
                password=PASSWORD,
                passwords=passwords,
            )
            await desk.enter(who)
        yield desk
        await desk.http.aclose()
        await parts.store.client.drop_database(settings.database)
