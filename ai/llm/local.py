"""A model in a process of our own, asked over its socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import orjson

from ai.llm.asking import (
    ASKS,
    Ask,
    Busy,
    Down,
    End,
    LlmError,
    Piece,
    Place,
    Reason,
    Text,
    Unanswerable,
)

LONGEST_LINE = 1_000_000

Line = dict[str, Any]


class LocalLlm:
    """One connection for everything that is asked; made anew when it broke."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._connection: _Connection | None = None
        self._turn = asyncio.Lock()
        self._name: str | None = None

    @property
    def name(self) -> str | None:
        return self._name

    @property
    def up(self) -> bool:
        return self._connection is not None and self._connection.open

    async def look(self) -> None:
        with suppress(LlmError):
            await self._connected()

    async def ask(self, ask: Ask) -> AsyncGenerator[Piece]:
        connection = await self._connected()
        number, heard = connection.begin(ask)
        ended = False
        try:
            while not ended:
                piece = _piece(await heard.get())
                ended = isinstance(piece, End)
                yield piece
        except LlmError:
            ended = True
            raise
        finally:
            connection.end(number, cancel=not ended)

    async def _connected(self) -> _Connection:
        async with self._turn:
            if self._connection is None or not self._connection.open:
                self._connection = await _Connection.make(self._place)
                self._name = self._connection.name
            return self._connection

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()


class _Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._numbers = count(1)
        self._heard: dict[int, asyncio.Queue[Line]] = {}
        self._reading: asyncio.Task[None] | None = None
        self.name: str | None = None
        self.open = True

    @classmethod
    async def make(cls, place: Path) -> _Connection:
        try:
            reader, writer = await asyncio.open_unix_connection(place, limit=LONGEST_LINE)
            connection = cls(reader, writer)
            connection.name = orjson.loads(await reader.readline())["name"]
        except (OSError, ValueError) as error:
            raise Down(f"no model answers at {place.name}") from error
        connection._reading = asyncio.create_task(connection._read())
        return connection

    def begin(self, ask: Ask) -> tuple[int, asyncio.Queue[Line]]:
        number = next(self._numbers)
        heard = self._heard[number] = asyncio.Queue()
        self._say({"ask": number, **ASKS.dump_python(ask, mode="json")})
        return number, heard

    def end(self, number: int, *, cancel: bool) -> None:
        self._heard.pop(number, None)
        if cancel and self.open:
            self._say({"cancel": number})

    def _say(self, line: Line) -> None:
        self._writer.write(orjson.dumps(line) + b"\n")

    async def _read(self) -> None:
        try:
            while line := await self._reader.readline():
                said: Line = orjson.loads(line)
                if heard := self._heard.get(said["id"]):
                    heard.put_nowait(said)
        except (OSError, ValueError):
            pass
        finally:
            self.open = False
            self._writer.close()
            for heard in self._heard.values():
                heard.put_nowait({"error": "down", "why": "the model went away"})

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])


def _piece(said: Line) -> Piece:
    """What a line says; raises LlmError where it says that there is no answer."""
    match said:
        case {"text": str(text)}:
            return Text(text)
        case {"place": int(place)}:
            return Place(place)
        case {"end": reason}:
            return End(Reason(reason), said["read"], said["written"])
        case {"error": "busy"}:
            raise Busy(float(said["retry_after"]))
        case {"error": "unanswerable"}:
            raise Unanswerable(said["why"])
        case _:
            raise Down(said.get("why", "the model said nothing that is known"))
