"""Models of others, by the one protocol that they all speak; here a server that misbehaves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from ai.llm import breaker, remote
from ai.llm.asking import Ask, Busy, Down, End, Piece, Reason, Role, Text, Turn, Unanswerable
from ai.llm.remote import RemoteLlm

HELLO = Ask((Turn(Role.SYSTEM, "Be kind."), Turn(Role.USER, "Hello?")))

Answer = Callable[[web.Request], Any]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "PAUSE_SECONDS", 0.0)


def event(content: str = "", finish: str | None = None) -> bytes:
    import orjson

    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish}
    return b"data: " + orjson.dumps({"choices": [choice]}) + b"\n\n"


USAGE = b'data: {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2}}\n\n'
DONE = b"data: [DONE]\n\n"


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[tuple[RemoteLlm, list[Any]]]:
    """A server that answers so, and what it was asked."""
    asked: list[Any] = []

    async def complete(request: web.Request) -> web.StreamResponse:
        asked.append(await request.json())
        return await answer(request)

    async def models(_: web.Request) -> web.Response:
        return web.json_response({"data": [{"id": "llama-3"}]})

    app = web.Application()
    app.router.add_post("/v1/chat/completions", complete)
    app.router.add_get("/v1/models", models)
    async with TestServer(app) as server:
        llm = RemoteLlm(str(server.make_url("/")))
        try:
            yield llm, asked
        finally:
            await llm.close()


async def streamed(request: web.Request, *parts: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    for part in parts:
        await response.write(part)
    return response


async def heard(llm: RemoteLlm) -> list[Piece]:
    return [piece async for piece in llm.ask(HELLO)]


async def test_an_answer_is_streamed_and_counted():
    async def answer(request: web.Request) -> web.StreamResponse:
        return await streamed(request, event("Good "), event("day", "stop"), USAGE, DONE)

    async with answering(answer) as (llm, asked):
        assert await heard(llm) == [Text("Good "), Text("day"), End(Reason.STOP, 9, 2)]
        assert (llm.name, llm.up) == ("llama-3", True)
    assert asked[0]["model"] == "llama-3"
    assert asked[0]["messages"][1] == {"role": "user", "content": "Hello?"}


async def test_a_busy_server_is_asked_again_when_it_says_so():
    seen: list[int] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append(1)
        if len(seen) < 3:
            return web.Response(status=429, headers={"Retry-After": "0"})
        return await streamed(request, event("Yes", "stop"), DONE)

    async with answering(answer) as (llm, _):
        assert (await heard(llm))[0] == Text("Yes")
    assert len(seen) == 3


async def test_one_that_wants_a_long_wait_is_busy():
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=429, headers={"Retry-After": "60"})

    async with answering(answer) as (llm, asked):
        with pytest.raises(Busy) as busy:
            await heard(llm)
    assert busy.value.retry_after == 60
    assert len(asked) == 1


async def test_an_answer_that_breaks_off_is_not_begun_again():
    async def answer(request: web.Request) -> web.StreamResponse:
        return await streamed(request, event("Half of "))

    async with answering(answer) as (llm, asked):
        pieces = llm.ask(HELLO)
        assert await anext(pieces) == Text("Half of ")
        with pytest.raises(Down, match="broke off"):
            await anext(pieces)
    assert len(asked) == 1


async def test_a_server_that_fails_is_left_alone_for_a_while():
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=500, text="boom")

    async with answering(answer) as (llm, asked):
        with pytest.raises(Down, match="boom"):
            await heard(llm)
        assert len(asked) == breaker.FAILURES
        with pytest.raises(Down, match="failed too often"):
            await heard(llm)
        assert len(asked) == breaker.FAILURES
        assert not llm.up


async def test_what_it_refuses_is_not_asked_again():
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=400, text="context length exceeded")

    async with answering(answer) as (llm, asked):
        with pytest.raises(Unanswerable, match="context length"):
            await heard(llm)
    assert len(asked) == 1


async def test_nobody_there_is_down(unused_tcp_port: int):
    llm = RemoteLlm(f"http://127.0.0.1:{unused_tcp_port}")
    await llm.look()
    assert not llm.up
    with pytest.raises(Down):
        await heard(llm)
    await llm.close()


@pytest.mark.parametrize(
    "listed", [[], {}, {"data": 5}, {"data": [7]}, {"data": [{}]}, "hello", None]
)
async def test_another_server_at_the_address_is_no_model_and_stops_nothing(listed: Any):
    async def models(_: web.Request) -> web.Response:
        return web.json_response(listed)

    app = web.Application()
    app.router.add_get("/v1/models", models)
    async with TestServer(app) as server:
        llm = RemoteLlm(str(server.make_url("/")))
        await llm.look()
        assert (llm.up, llm.name) == (False, None)
        await llm.close()


@pytest.mark.parametrize("data", [b"[]", b"7", b'{"choices": [3]}', b'{"choices": 1}', b"{"])
async def test_what_no_model_says_is_the_end_of_an_answer(data: bytes):
    async def answer(request: web.Request) -> web.StreamResponse:
        return await streamed(request, b"data: " + data + b"\n\n")

    async with answering(answer) as (llm, _):
        with pytest.raises(Down):
            await heard(llm)
