"""The server around the application: whose word about an address counts."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from server.node import serving
from server.settings import Settings


def settings_of(folder: Path, **given: Any) -> Settings:
    stores = {"mongodb_url": "mongodb://localhost", "redis_url": "redis://localhost"}
    return Settings(**stores, secret_key="x" * 32, data_dir=folder, **given)


async def say_address(scope: Scope, receive: Receive, send: Send) -> None:
    client = Request(scope).client
    await PlainTextResponse(client.host if client else "")(scope, receive, send)


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "seen"),
    [
        (("127.0.0.1/32",), "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (("127.0.0.1/32",), "127.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (("127.0.0.1/32",), "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        (("10.0.0.0/8",), "10.1.2.3", "203.0.113.9, 10.9.9.9", "203.0.113.9"),
        ((), "127.0.0.1", "203.0.113.9", "127.0.0.1"),
    ],
)
async def test_only_a_trusted_proxy_says_where_a_request_came_from(
    tmp_path: Path, trusted: tuple[str, ...], peer: str, forwarded: str, seen: str
):
    settings = settings_of(tmp_path, trusted_proxies=trusted)
    config = serving(say_address, settings, lambda: None, asyncio.Protocol).config
    config.load()
    transport = httpx.ASGITransport(config.loaded_app, client=(peer, 1))

    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as http:
        response = await http.get("/", headers={"X-Forwarded-For": forwarded})

    assert response.text == seen


@pytest.mark.parametrize(("sockets", "ours"), [("slim", True), ("engine", False)])
def test_the_settings_say_whose_websockets_are_served(tmp_path: Path, sockets: str, ours: bool):
    def websocket(**_uvicorns: Any) -> asyncio.Protocol:
        return asyncio.Protocol()

    config = serving(say_address, settings_of(tmp_path, sockets=sockets), lambda: None, websocket)
    config.config.load()

    assert (config.config.ws_protocol_class is websocket) is ours


async def test_a_stop_is_heard_at_once_though_nothing_looks_for_it(tmp_path: Path):
    node = serving(say_address, settings_of(tmp_path), lambda: None, asyncio.Protocol)
    node.config.load()
    going_on = asyncio.create_task(node.main_loop())
    await asyncio.sleep(0)  # It waits now.

    node.handle_exit(signal.SIGTERM, None)

    await asyncio.wait_for(going_on, 0.5)
