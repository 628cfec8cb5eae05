"""Fetching a model: from where it broke off, proven, and never half a file under its name."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from ai.llm import pull as pulling
from ai.llm.pull import PullFailed, pull

MODEL = bytes(range(256)) * 20_000
SHA256 = hashlib.sha256(MODEL).hexdigest()


class Hub:
    """Serves one file; `breaks` are after how many bytes it hangs up, once each."""

    def __init__(self) -> None:
        self.url = ""
        self.sha256 = SHA256
        self.breaks: list[int] = []
        self.begun_at: list[int] = []

    async def head(self, _: web.Request) -> web.Response:
        headers = {"X-Linked-Etag": f'"{self.sha256}"', "X-Linked-Size": str(len(MODEL))}
        return web.Response(headers=headers)

    async def get(self, request: web.Request) -> web.StreamResponse:
        begin = request.http_range.start or 0
        self.begun_at.append(begin)
        response = web.StreamResponse(
            status=206, headers={"Content-Length": str(len(MODEL) - begin)}
        )
        await response.prepare(request)
        if self.breaks:
            await response.write(MODEL[begin : begin + self.breaks.pop(0)])
            assert request.transport
            request.transport.close()
            return response
        await response.write(MODEL[begin:])
        return response


@pytest.fixture
async def hub(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hub]:
    monkeypatch.setattr(pulling, "PAUSE_SECONDS", 0.0)
    hub = Hub()
    app = web.Application()
    app.router.add_route("HEAD", "/model.gguf", hub.head)
    app.router.add_get("/model.gguf", hub.get, allow_head=False)
    async with TestServer(app) as server:
        hub.url = str(server.make_url("/model.gguf"))
        yield hub


async def test_a_file_is_fetched_once_and_progress_is_told(hub: Hub, tmp_path: Path):
    told: list[tuple[int, int]] = []
    place = tmp_path / "models" / "model.gguf"
    for _ in range(2):
        await pull(hub.url, place, lambda *both: told.append(both))

    assert place.read_bytes() == MODEL
    assert told[-1] == (len(MODEL), len(MODEL))
    assert hub.begun_at == [0]


async def test_it_goes_on_where_it_broke_off(hub: Hub, tmp_path: Path):
    hub.breaks = [1_000_000, 2_000_000]
    place = tmp_path / "model.gguf"

    await pull(hub.url, place, lambda *_: None)

    assert place.read_bytes() == MODEL
    assert hub.begun_at[0] == 0
    assert 0 < hub.begun_at[1] < hub.begun_at[2]


async def test_what_was_fetched_before_is_not_fetched_again(hub: Hub, tmp_path: Path):
    (tmp_path / "model.gguf.part").write_bytes(MODEL[:3_000_000])

    await pull(hub.url, tmp_path / "model.gguf", lambda *_: None)

    assert hub.begun_at == [3_000_000]
    assert (tmp_path / "model.gguf").read_bytes() == MODEL


async def test_a_damaged_file_never_gets_its_name(hub: Hub, tmp_path: Path):
    (tmp_path / "model.gguf.part").write_bytes(b"x" * 3_000_000)

    with pytest.raises(PullFailed, match="damaged"):
        await pull(hub.url, tmp_path / "model.gguf", lambda *_: None)

    assert not await asyncio.to_thread(lambda: list(tmp_path.iterdir()))


async def test_without_a_checksum_nothing_is_fetched(hub: Hub, tmp_path: Path):
    hub.sha256 = ""
    with pytest.raises(PullFailed, match="checksum"):
        await pull(hub.url, tmp_path / "model.gguf", lambda *_: None)
    assert hub.begun_at == []


async def test_a_full_disk_is_said_before(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pulling, "SPARE_BYTES", 10**18)
    with pytest.raises(PullFailed, match="GB free"):
        await pull(hub.url, tmp_path / "model.gguf", lambda *_: None)


async def test_a_hub_that_is_not_there_is_said(tmp_path: Path, unused_tcp_port: int):
    with pytest.raises(PullFailed):
        await pull(f"http://127.0.0.1:{unused_tcp_port}/x", tmp_path / "x", lambda *_: None)
