"""Eight answers at once: whose is whose, how fast, and what everybody else feels of it.

`python -m tests.evaluation.streaming` measures it alone. Models are the tiny one, which says after
one, and one of a hundred million random weights of two bytes.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Awaitable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, NamedTuple

import aiohttp
import httpx
import orjson

from ai.llm.asking import Ask, End, Role, Text, Turn
from ai.llm.local import LocalLlm
from domain.inbox.state import DEFAULT_INBOX_ID
from server.settings import Settings
from tests.ai.llm.conftest import Served, say_after, sayable
from tests.ai.llm.tiny import tiny_model
from tests.evaluation.random_model import random_model
from tests.processes import held_port
from tests.server.assistant.test_product import Office, until
from tests.server.test_product import Listener, program, until_ready
from tests.stores import mongodb_process, running, valkey_process

AT_ONCE = 8
ROUNDS = 3
TOKENS = 96
"""Of each answer of the random model, which never comes to an end."""
FIRST_WORDS = 8
PING_SECONDS = 0.01
ENDS = ("message.posted", "assistant.handed_over")


class Rate(NamedTuple):
    """Tokens in a second, one answer after the other and eight at once; how many of the eight were
    word for word what each is alone."""

    alone: float
    together: float
    same: int
    of: int

    @property
    def ratio(self) -> float:
        return self.together / self.alone


class Felt(NamedTuple):
    """Milliseconds: a first word in a client's hands after the model had it, and what somebody else
    waits for an answer of the same node meanwhile, and while nothing is written."""

    first_p50: float
    first_worst: float
    ping_p50: float
    ping_p99: float
    idle_p99: float


class Streaming(NamedTuple):
    tiny: Rate
    random: Rate
    felt: Felt


async def measure_streaming(folder: Path) -> Streaming:
    """All of it; the machine should have nothing else to do."""
    async with serving(tiny_model()) as (llm, _):
        said = await sayable(llm, AT_ONCE)
        tiny = await _rate(llm, [say_after(each) for each in said])
    large = await asyncio.to_thread(random_model, folder)
    async with serving(large) as (llm, _):
        asks = [
            Ask((Turn(Role.USER, f"bal del gil {n}"),), most_tokens=TOKENS) for n in range(AT_ONCE)
        ]
        random = await _rate(llm, asks)
    return Streaming(tiny, random, await _felt(large))


@asynccontextmanager
async def serving(model: Path) -> AsyncGenerator[tuple[LocalLlm, Path]]:
    """A model in its own process, as the product has it."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="dw-", dir="/tmp")))
        served = Served(folder / "llm.sock", "--threads", str(os.cpu_count()))
        await served.start(model)
        stack.push_async_callback(served.stop)
        llm = LocalLlm(served.place)
        stack.push_async_callback(llm.close)
        yield llm, served.place


async def _rate(llm: LocalLlm, asks: Sequence[Ask]) -> Rate:
    alone: list[float] = []
    together: list[float] = []
    own: list[str] = []
    same = 0
    for _ in range(ROUNDS):
        begun, written, own = perf_counter(), 0, []
        for ask in asks:
            text, end = await _whole(llm, ask)
            own.append(text)
            written += end.written
        alone.append(written / (perf_counter() - begun))
        begun = perf_counter()
        answers = await asyncio.gather(*(_whole(llm, ask) for ask in asks))
        together.append(sum(end.written for _, end in answers) / (perf_counter() - begun))
        same += sum(text == mine for (text, _), mine in zip(answers, own, strict=True))
    return Rate(median(alone), median(together), same, ROUNDS * len(asks))


async def _whole(llm: LocalLlm, ask: Ask) -> tuple[str, End]:
    text = ""
    async for piece in llm.ask(ask):
        if isinstance(piece, Text):
            text += piece.text
        elif isinstance(piece, End):
            return text, piece
    raise AssertionError("an answer without an end")


class Tap:
    """Stands between a worker and its model, and notes when an answer's first word passed."""

    def __init__(self, model: Path) -> None:
        self._model = model
        self.first: dict[int, float] = {}

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, there = await asyncio.open_unix_connection(self._model)

        async def pass_on(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
            while (line := await source.readline()) and not to.is_closing():
                to.write(line)
                if source is theirs and "text" in (said := orjson.loads(line)):
                    self.first.setdefault(said["id"], perf_counter())
            to.close()

        await asyncio.gather(pass_on(reader, there), pass_on(theirs, writer))


async def _felt(model: Path) -> Felt:
    """In the product whole: a node, a worker, both stores, the model's process."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="dw-eval-", dir="/tmp")))
        _, place = await stack.enter_async_context(serving(model))
        tap = Tap(place)
        server = await asyncio.start_unix_server(tap.meet, folder / "tap.sock")
        stack.callback(server.close)
        settings = Settings(
            mongodb_url=stack.enter_context(running(mongodb_process, "MONGODB_URL")),
            redis_url=stack.enter_context(running(valkey_process, "REDIS_URL")),
            secret_key="what is measured here has no secrets",
            port=stack.enter_context(held_port()),
            data_dir=folder,
            llm_url=f"unix://{folder / 'tap.sock'}",
        )
        parts = {name: program(settings, name, folder) for name in ("node", "worker")}
        for each in parts.values():
            each.begin()
            stack.callback(each.kill)
        await until_ready(parts)
        await asyncio.to_thread(program(settings, "seed", folder).run)
        http = await stack.enter_async_context(
            httpx.AsyncClient(base_url=settings.public_url, timeout=60)
        )
        sockets = await stack.enter_async_context(aiohttp.ClientSession())
        desk = Desk(Office(settings, http), sockets, tap)
        await desk.open()
        firsts = [await desk.first_word() for _ in range(FIRST_WORDS)]
        idle = await desk.pings(asyncio.sleep(5))
        busy = await desk.pings(desk.eight())
        return Felt(
            first_p50=median(firsts),
            first_worst=max(firsts),
            ping_p50=median(busy),
            ping_p99=quantiles(busy, n=100)[-1],
            idle_p99=quantiles(idle, n=100)[-1],
        )


class Desk:
    """Clients who ask, and an agent who asks for the time now and then."""

    def __init__(self, office: Office, sockets: aiohttp.ClientSession, tap: Tap) -> None:
        self._office, self._sockets, self._tap = office, sockets, tap

    async def open(self) -> None:
        """The assistant answers whatever is asked."""
        for who in ("client", "agent", "admin"):
            await self._office.enter(who)
        path = f"/api/inboxes/{DEFAULT_INBOX_ID}"
        inbox = await self._office.ask("admin", "GET", path)
        given = {"version": inbox["version"], "assistant": True, "fallback": "general"}
        await self._office.ask("admin", "PUT", path, **given)

    async def first_word(self) -> float:
        """How long the first word of an answer was on its way from the model to a client."""
        self._tap.first.clear()
        reader = await self._asked()
        await until(lambda: reader.first)
        passed = max(each for each in self._tap.first.values() if each < reader.first)
        # Where a person speaks the model is silent.
        path = f"/api/tickets/{reader.ticket_id}/messages"
        await self._office.ask("agent", "POST", path, body="I take over.")
        return (reader.first - passed) * 1_000

    async def eight(self) -> None:
        """Eight who ask at once, to the end of their answers."""
        readers = await asyncio.gather(*(self._asked() for _ in range(AT_ONCE)))
        await until(lambda: all(each.ended for each in readers))

    async def pings(self, meanwhile: Awaitable[None]) -> list[float]:
        """What another waits for an answer of the node, again and again."""
        other = Listener(self._sockets)
        auth = {"token": self._office.tokens["agent"], "protocol": 1}
        await other.socket.connect(self._office.url, auth=auth, transports=["websocket"])
        doing = asyncio.ensure_future(meanwhile)
        waited: list[float] = []
        while not doing.done():
            begun = perf_counter()
            await other.socket.call("time", {})
            waited.append((perf_counter() - begun) * 1_000)
            await asyncio.sleep(PING_SECONDS)
        await doing
        await other.socket.disconnect()
        return waited

    async def _asked(self) -> Reader:
        fields = {"title": "A question", "body": "What is the capital of Norway?"}
        ticket = await self._office.ask("client", "POST", "/api/tickets", **fields)
        reader = Reader(self._sockets, ticket["id"])
        room = f"ticket:{ticket['id']}"
        (joined,) = await reader.enter(self._office.url, self._office.tokens["client"], room)
        for signal in joined["signals"]:
            await reader.read(signal)
        return reader


class Reader(Listener):
    """Reads an answer as it grows."""

    def __init__(self, http: aiohttp.ClientSession, ticket_id: str) -> None:
        super().__init__(http)
        self.ticket_id = ticket_id
        self.first = 0.0
        self.ended = False
        self.socket.on("signal", self.read)
        self.socket.on("event", self.hear_of)

    async def read(self, signal: dict[str, Any]) -> None:
        if signal["type"] == "assistant.delta":
            self.first = self.first or perf_counter()

    async def hear_of(self, envelope: dict[str, Any]) -> None:
        self.ended |= any(each["type"] in ENDS for each in envelope["events"])


if __name__ == "__main__":
    print(asyncio.run(measure_streaming(Path(sys.argv[1]))))
