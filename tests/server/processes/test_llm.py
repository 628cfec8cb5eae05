"""Which language model a deployment asks, and what it says of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from server.processes import llm
from server.processes.llm import find_llm
from server.processes.plan import plan_demo
from server.settings import Settings


def settings_of(data_dir: Path, **more: str) -> Settings:
    return plan_demo({"DATA": str(data_dir), **more}).settings


def put_model(data_dir: Path) -> None:
    (data_dir / "models").mkdir(parents=True)
    (data_dir / "models" / "small.gguf").write_bytes(b"GGUF")


async def test_what_the_settings_name_comes_first_and_its_password_is_not_said(data_dir: Path):
    named = settings_of(data_dir, LLM_URL="http://me:hush@llm.example:8080/v1")
    put_model(data_dir)

    found = await find_llm(named, look_around=True)

    assert (found.settings, found.process) == (named, None)
    assert found.said == "Language model: asks http://llm.example:8080/v1"


async def test_a_server_on_this_machine_comes_before_a_file(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
):
    async def models(_: web.Request) -> web.Response:
        return web.json_response({"data": [{"id": "llama-3"}]})

    put_model(data_dir)
    app = web.Application()
    app.router.add_get("/v1/models", models)
    async with TestServer(app) as server:
        url = str(server.make_url("/"))
        monkeypatch.setattr(llm, "SERVERS", ("http://127.0.0.1:1", url))
        found = await find_llm(settings_of(data_dir), look_around=True)

    assert (found.settings.llm_url, found.settings.llm_model) == (url, "llama-3")
    assert found.process is None


async def test_a_file_is_read_by_a_process_of_its_own(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
):
    put_model(data_dir)
    monkeypatch.setattr(llm, "find_spec", lambda _name: object())

    found = await find_llm(settings_of(data_dir), look_around=False)

    assert found.process
    assert str(data_dir / "models" / "small.gguf") in found.process.command
    assert found.settings.llm_url.startswith("unix://")


async def test_without_llama_cpp_it_is_said_how_to_get_it(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
):
    put_model(data_dir)
    monkeypatch.setattr(llm, "find_spec", lambda _name: None)

    found = await find_llm(settings_of(data_dir), look_around=False)

    assert (found.process, found.settings.llm_url) == (None, "")
    assert "make llm" in found.said


@pytest.mark.parametrize("there", [True, False])
async def test_where_none_is_wanted_or_there_the_articles_are_quoted(data_dir: Path, there: bool):
    if there:
        put_model(data_dir)

    found = await find_llm(settings_of(data_dir), look_around=False, own=not there)

    assert (found.process, found.settings.llm_url) == (None, "")
    assert "quote" in found.said
