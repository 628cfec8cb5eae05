"""Feed rooms at scale: `make bench ARGS=feeds`, what open inboxes and a wallboard cost a change.

The whole product runs: a node, the worker, both stores, on cores of their own where there are
enough. Agents have an inbox open, watchers the wallboard, and somebody changes tickets at a steady
rate through the front door. The same changes are made once with nobody watching: the difference is
what the watching costs.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from itertools import cycle
from pathlib import Path
from random import randrange
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import orjson

from domain.audience import WALLBOARD, team_room
from loadtests.crowd import Client, Refused
from loadtests.facts import machine_facts
from loadtests.feed_house import House, furnish
from loadtests.processes import cpu_seconds, on_cores
from loadtests.servers import raise_file_limit, remove, share_cores, start
from server.processes.child import Child
from server.processes.nodes import node_spec, worker_spec
from server.processes.ports import next_free
from server.processes.runtime import make_runtime_folder
from server.processes.stores import Store, store_specs, url_of
from server.settings import Settings

RESULTS = Path(__file__).parents[1] / "data" / "feeds.json"
PARTS = ("node", "worker", "valkey", "mongodb")
HEAL = 15.0
"""Seconds in which every inbox must show the last change."""
SPEAKERS = 8
AT_ONCE = 64
LAYOUTS = {"nobody watches": 0, "one inbox of all": 1, "ten inboxes": 10}


class Watcher(Client):
    """A client of one feed room; `noting` makes it read what it hears, as one of each room does."""

    __slots__ = ("bytes", "cursor", "envelopes", "left", "noting", "rows", "seqs")

    def __init__(self, token: str) -> None:
        super().__init__(token)
        self.noting = False
        self.envelopes = self.rows = self.bytes = 0
        self.left = False
        self.seqs: dict[str, int] = {}
        self.cursor: dict[str, Any] = {}

    @property
    def state(self) -> str:
        """Where somebody is who was given no reason to go."""
        return "cut off" if self.gone else "put out" if self.left else "there"

    def _take(self, packet: bytes) -> None:
        if packet.startswith(b'42["event"'):
            self.envelopes += 1
            self.bytes += len(packet)
            if self.noting:
                self._note(orjson.loads(packet[2:])[1])
        elif packet.startswith(b'42["left"'):
            self.left = True
        super()._take(packet)

    def _note(self, envelope: dict[str, Any]) -> None:
        self.cursor = {"epoch": envelope["epoch"], "after": envelope["seq"]}
        for event in envelope["events"]:
            if event["type"] == "feed.row":
                self.rows += 1
                self.seqs[event["ticket_id"]] = event["seq"]


class Speaker(Client):
    """Sends changes, and counts those that were acknowledged."""

    __slots__ = ("_sent", "acks")

    def __init__(self, token: str) -> None:
        super().__init__(token)
        self.acks = self._sent = 0

    def change(self, ticket: str, change: dict[str, str]) -> None:
        self._sent += 1
        command = {"command_id": str(uuid4()), "ticket_id": ticket, **change}
        self.send("command", orjson.dumps(command))

    def _answered(self, answer: bytes) -> None:
        super()._answered(answer)
        self.acks += bool(self._sent)


@dataclass
class Figures:
    """One layout as it was measured."""

    layout: str
    agents: int
    watchers: int
    seconds: float
    asked: float
    """Changes that were to be made in a second."""
    changes: int = 0
    cpu: dict[str, float] = field(default_factory=dict[str, float])
    """CPU seconds of each part while the changes were made and told."""
    inbox_envelopes: int = 0
    """To all inboxes' rooms together, each counted once."""
    inbox_rows: int = 0
    board_envelopes: int = 0
    deliveries: int = 0
    delivered_bytes: int = 0
    late: float = 0.0
    """Seconds from the last change to the moment when every inbox shows it."""
    back: dict[str, float] = field(default_factory=dict[str, float])

    def per_change(self, part: str) -> float:
        """Microseconds of CPU."""
        return self.cpu[part] / max(1, self.changes) * 1e6


@dataclass
class Product:
    """The running parts by their names, and where the node listens."""

    children: dict[str, Child]
    port: int

    def cpu(self) -> dict[str, float]:
        return {name: cpu_seconds(child.pid or 0) for name, child in self.children.items()}


@asynccontextmanager
async def product(options: argparse.Namespace) -> AsyncGenerator[tuple[Product, House]]:
    """The product with its people and tickets, gone afterwards."""
    (first, second, third), _ = share_cores()
    cores = {"node": first, "worker": second, "valkey": third, "mongodb": second}
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="dw-feeds-", dir="/tmp")))
        runtime = make_runtime_folder(folder)
        stack.callback(remove, runtime)
        port = next_free("127.0.0.1", randrange(20_000, 30_000))
        settings = Settings.model_validate(
            {
                "mongodb_url": url_of(Store.MONGODB, folder),
                "redis_url": url_of(Store.VALKEY, folder),
                "secret_key": "what is measured here has no secrets",
                "port": port,
                "data_dir": folder,
                "sockets_per_address": 100_000,
                "handshakes_per_minute": 1_000_000,
                "socket_commands_per_second": 100_000,
            }
        )
        children: dict[str, Child] = {}
        for spec in store_specs([Store.VALKEY, Store.MONGODB], folder):
            children[spec.name] = await start(spec, cores[spec.name], folder, stack)
        house = await furnish(settings, options.agents, options.watchers, options.tickets)
        children["worker"] = await start(worker_spec(settings), cores["worker"], folder, stack)
        children["node"] = await start(node_spec(settings, port), cores["node"], folder, stack)
        yield Product(children, port), house


async def measure(
    running: Product, house: House, layout: str, seconds: float, rate: float
) -> Figures:
    """Open the inboxes of a layout, change tickets, and cut everybody off in the end."""
    rooms = LAYOUTS[layout]
    agents = house.agents if rooms else []
    boards = house.watchers if rooms else []
    figures = Figures(layout, len(agents), len(boards), seconds, rate)
    inboxes = [team_room(each) for each in (house.teams[1:] if rooms == 10 else house.teams[:1])]
    tickets = house.tickets[inboxes[0]] if rooms != 10 else None
    mine = tickets or [each for room in inboxes for each in house.tickets[room]]
    room_of = [inboxes[place % len(inboxes)] for place in range(len(agents))]
    watching = await _open(running.port, agents, room_of)
    watching_boards = await _open(running.port, boards, [WALLBOARD] * len(boards))
    noting = _one_of_each(watching, room_of) if agents else {}
    for each in (*noting.values(), *watching_boards[:1]):
        each.noting = True
    speakers = await _speakers(running.port, house)
    await asyncio.sleep(1.0)  # What the arrivals cost is not what is measured.
    for each in watching + watching_boards:
        each.envelopes = each.rows = each.bytes = 0
    before = running.cpu()
    figures.changes = await _change(house, speakers, mine, seconds, rate)
    ended = asyncio.get_running_loop().time()
    await _shown(house, noting, mine[: figures.changes])
    figures.late = asyncio.get_running_loop().time() - ended
    await asyncio.sleep(1.0)  # The last counters.
    figures.cpu = {name: spent - before[name] for name, spent in running.cpu().items()}
    await _all_heard(watching, room_of, noting)
    _all_there([*watching, *watching_boards])
    figures.deliveries = sum(each.envelopes for each in watching + watching_boards)
    figures.delivered_bytes = sum(each.bytes for each in watching + watching_boards)
    figures.inbox_envelopes = sum(each.envelopes for each in noting.values())
    figures.inbox_rows = sum(each.rows for each in noting.values())
    figures.board_envelopes = watching_boards[0].envelopes if watching_boards else 0
    if agents:
        figures.back = await _cut(running, watching, agents, room_of, noting)
    for each in (*watching, *watching_boards, *speakers):
        each.transport.abort()
    return figures


async def _open(port: int, tokens: Sequence[str], rooms: Sequence[str]) -> list[Watcher]:
    slots = _slots()

    async def enter(token: str, room: str) -> Watcher:
        watcher = Watcher(token)
        async with slots:
            await watcher.enter(port)
            await _join(watcher, {"room": room})
        return watcher

    return await asyncio.gather(*map(enter, tokens, rooms))


async def _join(watcher: Watcher, cursor: dict[str, Any]) -> dict[str, Any]:
    """Join until it is admitted, as a client does; the answer for the room."""
    while True:
        try:
            answer = (await watcher.ask("join", {"rooms": [cursor]}))["rooms"][0]
        except Refused as refused:
            error = refused.args[0]["error"]
            if not error["retryable"]:
                raise
            await asyncio.sleep(error["fields"].get("retry_after", 0.2))
            continue
        if "error" in answer:
            raise Refused(answer)
        return answer


async def _speakers(port: int, house: House) -> list[Speaker]:
    speakers = [Speaker(token) for token in house.speakers]
    for each in speakers:
        await each.enter(port)
    return speakers


async def _change(
    house: House, speakers: Sequence[Speaker], tickets: Sequence[str], seconds: float, rate: float
) -> int:
    """Make changes at a rate, whoever is slow, and wait for every answer; how many."""
    loop, sent = asyncio.get_running_loop(), 0
    began, turns = loop.time(), cycle(speakers)
    while (passed := loop.time() - began) < seconds:
        while sent < passed * rate:
            ticket = tickets[sent % len(tickets)]
            next(turns).change(ticket, house.change(ticket))
            sent += 1
        await asyncio.sleep(0.005)
    await _until(lambda: sum(each.acks for each in speakers) >= sent, 60.0)
    return sent


async def _shown(house: House, noting: dict[str, Watcher], tickets: Sequence[str]) -> None:
    """Wait until the inboxes show every ticket as it is now."""
    if not noting:
        return
    seqs = await house.seqs(tickets)

    def missing(room: str) -> int:
        theirs = set(house.tickets[room]) & set(tickets)
        return sum(noting[room].seqs.get(ticket, 0) < seqs[ticket] for ticket in theirs)

    try:
        await _until(lambda: not any(map(missing, noting)), HEAL)
    except TimeoutError:
        told = {room: (missing(room), each.state) for room, each in noting.items()}
        raise Refused(f"not every inbox shows the last change: {told}") from None


def _all_there(watching: Sequence[Watcher]) -> None:
    """Nobody may have been cut off or put out of their room meanwhile: raises Refused."""
    if gone := [each.state for each in watching if each.state != "there"]:
        raise Refused(f"of {len(watching)}, {len(gone)} are not there any more: {set(gone)}")


def _one_of_each(watching: Sequence[Watcher], rooms: Sequence[str]) -> dict[str, Watcher]:
    return dict(reversed(list(zip(rooms, watching, strict=True))))


async def _all_heard(
    watching: Sequence[Watcher], rooms: Sequence[str], noting: dict[str, Watcher]
) -> None:
    """Wait until everybody has heard as much as the others of their room; raises TimeoutError."""
    pairs = [(each, noting[room]) for each, room in zip(watching, rooms, strict=True)]
    await _until(lambda: all(one.envelopes == other.envelopes for one, other in pairs), HEAL)


async def _cut(
    running: Product,
    watching: list[Watcher],
    tokens: Sequence[str],
    rooms: Sequence[str],
    noting: dict[str, Watcher],
) -> dict[str, float]:
    """Cut every agent off: once they come back by a cursor that is known, once by one too old."""
    known = [{"room": room, **noting[room].cursor} for room in rooms]
    replayed = await _back(running, watching, tokens, known)
    old = [{**cursor, "after": 1} for cursor in known]
    anew = await _back(running, watching, tokens, old)
    told = {f"by a replay, {name}": value for name, value in replayed.items()}
    return told | {f"by a snapshot, {name}": value for name, value in anew.items()}


async def _back(
    running: Product,
    watching: list[Watcher],
    tokens: Sequence[str],
    cursors: Sequence[dict[str, Any]],
) -> dict[str, float]:
    """Cut everybody off, let them come back at once, and say what it cost."""
    for each in watching:
        each.transport.abort()
    await asyncio.sleep(0.5)
    loop, before, slots = asyncio.get_running_loop(), running.cpu()["node"], _slots()
    began = loop.time()

    async def enter(token: str, cursor: dict[str, Any]) -> tuple[Watcher, bool]:
        watcher = Watcher(token)
        async with slots:
            await watcher.enter(running.port)
            return watcher, (await _join(watcher, cursor))["snapshot"] is not None

    came = await asyncio.gather(*map(enter, tokens, cursors))
    watching[:] = [watcher for watcher, _ in came]
    return {
        "seconds": loop.time() - began,
        "node's CPU each, ms": (running.cpu()["node"] - before) / len(came) * 1e3,
        "snapshots": float(sum(anew for _, anew in came)),
    }


async def _until(true: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what other processes do sets no event of ours
            await asyncio.sleep(0.01)


def _slots() -> asyncio.Semaphore:
    return asyncio.Semaphore(AT_ONCE)


HEAD = (
    "| layout | changes | node | worker | Valkey | store | envelopes to inboxes | rows in each "
    "| to the wallboard | deliveries | shown after |",
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
)


def table(measured: Sequence[Figures]) -> str:
    """Microseconds of CPU a change, and how much came of it, as Markdown."""
    lines = [*HEAD]
    for each in measured:
        cpu = " | ".join(f"{each.per_change(part):,.0f} µs" for part in PARTS)
        rows = each.inbox_rows / each.inbox_envelopes if each.inbox_envelopes else 0.0
        lines.append(
            f"| {each.layout} | {each.changes:,} | {cpu} | {each.inbox_envelopes:,} | {rows:.1f} "
            f"| {each.board_envelopes:,} | {each.deliveries:,} | {each.late:.2f} s |"
        )
    lines += [""]
    for each in measured:
        lines += [f"{each.layout}, {what}: {value:,.1f}" for what, value in each.back.items()]
    return "\n".join(lines)


async def run(options: argparse.Namespace) -> list[Figures]:
    measured: list[Figures] = []
    async with product(options) as (running, house):
        for layout in LAYOUTS:
            figures = await measure(running, house, layout, options.seconds, options.rate)
            measured.append(figures)
            told = {"facts": machine_facts(), "layouts": [asdict(each) for each in measured]}
            options.json.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
            print(f"{layout}: {figures.changes} changes", file=sys.stderr, flush=True)
        await house.close()
    return measured


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m loadtests.feeds", description=__doc__)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--watchers", type=int, default=50)
    parser.add_argument("--rate", type=float, default=200.0, help="changes a second")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--tickets", type=int, default=200, help="in each layout")
    parser.add_argument("--json", type=Path, default=RESULTS, help="where the figures go")
    options = parser.parse_args(arguments)
    raise_file_limit()
    options.json.parent.mkdir(exist_ok=True)
    _, cores = share_cores()
    with on_cores(cores):
        measured = asyncio.run(run(options))
    print(
        f"{options.agents} agents, {options.watchers} at the wallboard, {options.rate:g} a second"
    )
    print(f"{options.tickets} tickets in each layout\n")
    print(table(measured))


if __name__ == "__main__":
    main()
