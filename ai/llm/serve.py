"""The language model's own process: loads it, then answers on a socket until it is stopped.

Lines of JSON, several questions on one connection by the number that the asker gives each:
`{ask: n, turns, most_tokens, ...}` and `{cancel: n}` go in; `{id: n, place}`, `{id: n, text}`,
`{id: n, end, read, written}` and `{id: n, error, why, retry_after?}` come out, after a first line
`{name}`. Who goes away cancels everything they asked.
"""

from __future__ import annotations

import argparse
import asyncio
import faulthandler
import os
import signal
import threading
from pathlib import Path
from typing import Any

import orjson

from ai.llm.asking import ASKS, Busy, Down, End, LlmError, Piece, Place, Text, Unanswerable
from ai.llm.engine import Asked, Engine
from ai.llm.llama import Llama

LONGEST_LINE = 4_000_000
MOST_UNREAD = 1_000_000
"""Bytes that an asker has not fetched; then it is let go, lest it fills the memory."""
ERRORS: dict[type[Exception], str] = {Busy: "busy", Unanswerable: "unanswerable", Down: "down"}


class Asker:
    """One connection."""

    def __init__(self, engine: Engine, writer: asyncio.StreamWriter) -> None:
        self._engine = engine
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        self._asked: dict[int, Asked] = {}

    def take(self, line: bytes) -> None:
        """Carry out one line; raises ValueError for what is none of ours."""
        said: dict[str, Any] = orjson.loads(line)
        if "cancel" in said:
            if asked := self._asked.pop(int(said["cancel"]), None):
                self._engine.cancel(asked)
            return
        number = int(said.pop("ask"))

        def heard(piece: Piece | Exception) -> None:
            self._loop.call_soon_threadsafe(self._hear, number, piece)

        try:
            self._asked[number] = self._engine.submit(ASKS.validate_python(said), heard)
        except LlmError as error:
            self._hear(number, error)

    def _hear(self, number: int, piece: Piece | Exception) -> None:
        match piece:
            case Place(place):
                self._say({"id": number, "place": place})
            case Text(text):
                self._say({"id": number, "text": text})
            case End(reason, read, written):
                self._asked.pop(number, None)
                self._say({"id": number, "end": reason, "read": read, "written": written})
            case Exception():
                self._asked.pop(number, None)
                told = {"error": ERRORS.get(type(piece), "down"), "why": str(piece)}
                if isinstance(piece, Busy):
                    told["retry_after"] = str(piece.retry_after)
                self._say({"id": number, **told})

    def _say(self, line: dict[str, Any]) -> None:
        transport = self._writer.transport
        if transport.is_closing():
            return
        if transport.get_write_buffer_size() > MOST_UNREAD:
            transport.abort()
            return
        self._writer.write(orjson.dumps(line) + b"\n")

    def leave(self) -> None:
        for asked in self._asked.values():
            self._engine.cancel(asked)
        self._asked.clear()
        self._writer.close()


async def serve(engine: Engine, name: str, place: Path) -> None:
    """Answer at a Unix socket until a signal ends it."""
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Not by an exception wherever it comes: the engine's lock would stay taken for ever.
        asyncio.get_running_loop().add_signal_handler(number, ended.set)

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asker = Asker(engine, writer)
        writer.write(orjson.dumps({"name": name}) + b"\n")
        try:
            while line := await reader.readline():
                asker.take(line)
        except (ValueError, LookupError, TypeError, AttributeError, OSError) as error:
            print(f"an asker is let go: {type(error).__name__}", flush=True)
        finally:
            asker.leave()

    server = await asyncio.start_unix_server(meet, place, limit=LONGEST_LINE)
    print(f"{name} answers at {place}", flush=True)
    async with server:
        await ended.wait()


def main() -> None:
    """Load a model and serve it."""
    options = _options()
    llama = Llama(
        options.model,
        sequences=options.slots,
        context=options.context,
        threads=options.threads,
    )
    engine = Engine(llama, slots=options.slots, most_waiting=options.waiting)
    thread = threading.Thread(target=_drive, args=(engine, options.hang), name="engine")
    thread.start()
    os.umask(0o077)  # Only this deployment's own processes may ask.
    options.socket.unlink(missing_ok=True)
    try:
        asyncio.run(serve(engine, llama.name, options.socket))
    finally:
        engine.stop()
        thread.join()
        llama.close()


def _drive(engine: Engine, hang: float) -> None:
    """Without the engine there is nothing to serve: the supervisor starts the process anew."""

    def beat() -> None:
        # A step that never ends cannot be stopped from Python; this can, and says where it hung.
        faulthandler.dump_traceback_later(hang, exit=True)

    try:
        engine.run(beat)
    except BaseException:
        faulthandler.dump_traceback()
        os._exit(3)
    finally:
        faulthandler.cancel_dump_traceback_later()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serve a language model to this deployment.")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--slots", type=int, default=8, help="answers at once")
    parser.add_argument("--context", type=int, default=16_384, help="tokens of all together")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--waiting", type=int, default=64, help="questions that may wait")
    parser.add_argument("--hang", type=float, default=120.0, help="seconds that a step may take")
    return parser.parse_args()


if __name__ == "__main__":
    main()
