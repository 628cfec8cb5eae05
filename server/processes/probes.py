"""How to know that a child serves; each probe asks once and never raises."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path

from server.processes.child import Probe
from server.processes.output import Output

ANSWER_SECONDS = 2.0


def says(word: str) -> Probe:
    """It has printed a line that begins so."""

    async def probe(output: Output) -> bool:
        return any(line.startswith(word) for line in output.lines)

    return probe


def answers_ping(socket: Path) -> Probe:
    """Valkey has loaded its data and answers on its unix socket."""

    async def probe(_output: Output) -> bool:
        return await _ask(asyncio.open_unix_connection(socket), b"PING\r\n") == b"+PONG\r\n"

    return probe


def answers_http(host: str, port: int, path: str) -> Probe:
    """An HTTP server answers a GET with 200."""
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()

    async def probe(_output: Output) -> bool:
        answer = await _ask(asyncio.open_connection(host, port), request)
        return b" 200 " in answer

    return probe


Connecting = Coroutine[object, object, tuple[asyncio.StreamReader, asyncio.StreamWriter]]


async def _ask(connecting: Connecting, request: bytes) -> bytes:
    """The first line of the answer; empty if there is none in time."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await connecting
            try:
                writer.write(request)
                return await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return b""
