"""`make bench ARGS=durable`: what a message costs that is kept, beside a bare loop that keeps it.

The product whole, a node, the worker and both stores, and then a server that inserts, updates and
emits with the same drivers, behind the same door, into the same kinds of stores. Notes are written
in rooms of four; what counts is the CPU time of node and store per message.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import orjson

from domain.audience import staff_room
from loadtests.crowd import Circle, Client, assemble, join, note
from loadtests.facts import machine_facts
from loadtests.feeds import product
from loadtests.processes import cpu_seconds
from loadtests.scenarios import TOKEN_SECONDS, heard, speak, uid
from loadtests.servers import (
    READY,
    SECRET,
    port_of,
    python,
    raise_file_limit,
    remove,
    share_cores,
    start,
)
from server.auth.tokens import TokenKind, Tokens
from server.clock import SystemClock
from server.processes.child import ChildSpec
from server.processes.probes import says
from server.processes.runtime import make_runtime_folder
from server.processes.stores import Store, store_specs, url_of

RESULTS = Path(__file__).parents[1] / "data" / "durable.json"
FOUR = 4
TARGET = 0.6

Spent = Callable[[], tuple[float, float]]
"""CPU seconds of the server and of its store."""


async def ours(rooms: int, seconds: float) -> tuple[float, float]:
    """Microseconds of the node and of the store per message, in the product whole."""
    asked = argparse.Namespace(agents=rooms * FOUR, watchers=0, tickets=rooms)
    async with product(asked) as (running, house):

        def spent() -> tuple[float, float]:
            cpu = running.cpu()
            return cpu["node"], cpu["mongodb"]

        clients = await assemble([running.port], house.agents, lambda _: 0)
        [tickets, *_] = house.tickets.values()
        per_message = await _measure(clients, tickets, spent, seconds)
        await house.close()
    return per_message


async def bare(rooms: int, seconds: float) -> tuple[float, float]:
    """The same of the bare loop."""
    (first, second, third), _ = share_cores()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="dw-bare-", dir="/tmp")))
        stack.callback(remove, make_runtime_folder(folder))
        cores = {"valkey": third, "mongodb": second}
        stores = {
            spec.name: await start(spec, cores[spec.name], folder, stack)
            for spec in store_specs([Store.VALKEY, Store.MONGODB], folder)
        }
        environ = {
            "SECRET_KEY": SECRET,
            "MONGODB_URL": url_of(Store.MONGODB, folder),
            "REDIS_URL": url_of(Store.VALKEY, folder),
            "DATA": str(folder),
        }
        spec = ChildSpec("bare", python("bare"), environ, says(READY))
        server = await start(spec, first, folder, stack)

        def spent() -> tuple[float, float]:
            return cpu_seconds(server.pid or 0), cpu_seconds(stores["mongodb"].pid or 0)

        signing = Tokens(SECRET.encode(), SystemClock())
        tokens = [
            signing.sign(TokenKind.ACCESS, uid(f"user {n}"), uid(f"session {n}"), TOKEN_SECONDS)
            for n in range(rooms * FOUR)
        ]
        clients = await assemble([port_of(server.output.lines)], tokens, lambda _: 0)
        tickets = [uid(f"ticket {n}") for n in range(rooms)]
        return await _measure(clients, tickets, spent, seconds)


async def _measure(
    clients: Sequence[Client], tickets: Sequence[str], spent: Spent, seconds: float
) -> tuple[float, float]:
    await join(clients, lambda place: staff_room(tickets[place // FOUR]))
    circles: list[Circle] = []
    for n, ticket in enumerate(tickets):
        members = clients[FOUR * n : FOUR * n + FOUR]
        circles.append(Circle(members, members, "command", note(ticket)))
    await speak(circles, seconds / 4)
    (node, store), before = spent(), heard(circles)
    await speak(circles, seconds)
    after, messages = spent(), (heard(circles) - before) / FOUR
    for each in clients:
        each.transport.abort()
    return (after[0] - node) / messages * 1e6, (after[1] - store) / messages * 1e6


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m loadtests.durable", description=__doc__)
    parser.add_argument("--rooms", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path, default=RESULTS, help="where the figures go")
    options = parser.parse_args(arguments)
    raise_file_limit()
    options.json.parent.mkdir(exist_ok=True)
    pairs: list[dict[str, tuple[float, float]]] = []
    for _ in range(options.repeats):
        pairs.append(
            {
                each.__name__: asyncio.run(each(options.rooms, options.seconds))
                for each in (bare, ours)
            }
        )
        print(pairs[-1], file=sys.stderr, flush=True)
        told = {"facts": machine_facts(), "pairs": pairs}
        options.json.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
    print("| CPU per message | bare loop | ours | ratio |\n|---|---:|---:|---:|")
    for place, what in enumerate(("server", "store")):
        _line(what, [(pair["bare"][place], pair["ours"][place]) for pair in pairs])
    _line(f"both (at least {TARGET}×)", [(sum(pair["bare"]), sum(pair["ours"])) for pair in pairs])


def _line(what: str, pairs: Sequence[tuple[float, float]]) -> None:
    theirs, mine = (median(each) for each in zip(*pairs, strict=True))
    ratio = median(one / other for one, other in pairs)
    print(f"| {what} | {theirs:,.0f} µs | {mine:,.0f} µs | {ratio:.2f}× |")


if __name__ == "__main__":
    main()
