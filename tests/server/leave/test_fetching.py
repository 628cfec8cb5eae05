"""A calendar is fetched from the open internet only, within limits, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from server.addresses import is_public
from server.leave import fetching
from server.leave.fetching import MOST_BYTES, NotFetched, fetch_calendar

Answer = Callable[[asyncio.StreamWriter, str], Awaitable[None]]


@asynccontextmanager
async def server(answer: Answer) -> AsyncGenerator[str]:
    """Something that answers every request; its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = (await reader.readuntil(b"\r\n\r\n")).decode()
            await answer(writer, asked.split()[1])
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


def says(status: str, body: bytes = b"", *headers: str) -> Answer:
    async def answer(writer: asyncio.StreamWriter, _: str) -> None:
        lines = (
            f"HTTP/1.1 {status}",
            f"Content-Length: {len(body)}",
            "Connection: close",
            *headers,
        )
        writer.write("\r\n".join((*lines, "", "")).encode() + body)

    return answer


def anywhere(_: str) -> bool:
    """For the tests' own servers, which are all on this machine."""
    return True


async def test_what_is_there_is_read():
    async with server(says("200 OK", b"BEGIN:VCALENDAR")) as url:
        assert await fetch_calendar(url, anywhere) == b"BEGIN:VCALENDAR"


async def test_a_feed_of_50_mb_is_refused_while_it_comes():
    sent = 0

    async def pour(writer: asyncio.StreamWriter, _: str) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while sent < 50 * 1024 * 1024:
            writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            sent += 65536
            await writer.drain()

    async with server(pour) as url:
        with pytest.raises(NotFetched, match="larger than the 2 MB"):
            await fetch_calendar(url, anywhere)
    assert sent < 5 * MOST_BYTES, "most of it was never taken in"


async def test_one_that_says_how_large_it_is_is_not_even_begun():
    async def boast(writer: asyncio.StreamWriter, _: str) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 52428800\r\n\r\n")

    async with server(boast) as url:
        with pytest.raises(NotFetched, match="larger than"):
            await fetch_calendar(url, anywhere)


async def test_who_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.2)
    waiting = asyncio.Event()

    async def hang(_: asyncio.StreamWriter, __: str) -> None:
        await waiting.wait()

    async with server(hang) as url:
        with pytest.raises(NotFetched, match="did not come within"):
            await fetch_calendar(url, anywhere)
        waiting.set()


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "localhost"),
    ],
)
def test_an_address_of_a_house_is_not_public(address: str):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_an_address_of_the_internet_is(address: str):
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0", "2130706433", "0x7f.1"])
async def test_nobody_reaches_our_own_house_by_any_of_its_names(host: str):
    reached: list[str] = []

    async def answer(_: asyncio.StreamWriter, path: str) -> None:
        reached.append(path)

    async with server(answer) as url:
        with pytest.raises(NotFetched):
            await fetch_calendar(url.replace("127.0.0.1", host))
    assert reached == []


async def test_a_redirection_into_our_house_is_not_followed():
    reached: list[str] = []
    async with server(says("302 Found", b"", "Location: http://localhost:1/secret")) as url:

        def only_the_first(address: str) -> bool:
            reached.append(address)
            return len(reached) == 1

        with pytest.raises(NotFetched, match="not on the open internet"):
            await fetch_calendar(url, only_the_first)
    assert len(reached) == 2


async def test_a_circle_of_redirections_ends():
    async with server(says("302 Found", b"", "Location: /again")) as url:
        with pytest.raises(NotFetched, match="on and on"):
            await fetch_calendar(url, anywhere)


@pytest.mark.parametrize("url", ["ftp://x.example/a", "http://ann:pw@x.example/", "/etc/passwd"])
async def test_only_the_web_is_read(url: str):
    with pytest.raises(NotFetched):
        await fetch_calendar(url, anywhere)


async def test_a_refusal_and_a_packed_answer_are_said():
    async with server(says("404 Not Found")) as url:
        with pytest.raises(NotFetched, match="answered 404"):
            await fetch_calendar(url, anywhere)
    async with server(says("200 OK", b"x", "Content-Encoding: gzip")) as url:
        with pytest.raises(NotFetched, match="packed"):
            await fetch_calendar(url, anywhere)
