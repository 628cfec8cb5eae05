"""How fast the embedded store is: `python -m loadtests.embedded`, a table for its page.

The store runs in a process of its own. Requests are frames from this one, without a driver, which
would cost more than what it measures; writes are numbered and wait for `majority`, as a driver's
do. On a machine that is shared, the processor's time per operation is what repeats.
"""

from __future__ import annotations

import argparse
import os
import selectors
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import bson
from bson.binary import Binary

MAJORITY = {"w": "majority"}
TEAMS = 100
TICKS = os.sysconf("SC_CLK_TCK")
Body = dict[str, Any]


@dataclass
class Client:
    """A connection with one request under way at the most; its writes are numbered."""

    socket: socket.socket
    number: int = 0
    sent_at: float = 0.0
    lsid: Body = field(default_factory=lambda: {"id": Binary(uuid4().bytes, 4)})
    received: bytearray = field(default_factory=bytearray)

    def send(self, body: Body) -> None:
        self.number += 1
        if "writeConcern" in body:
            body = {**body, "lsid": self.lsid, "txnNumber": self.number}
        payload = b"\x00\x00\x00\x00\x00" + bson.encode({**body, "$db": "load"})
        self.sent_at = time.perf_counter()
        head = struct.pack("<iiii", 16 + len(payload), self.number, 0, 2013)
        self.socket.sendall(head + payload)

    def receive(self) -> bytes | None:
        """The whole answer, once it is there."""
        self.received += self.socket.recv(1 << 20)
        if len(self.received) < 16:
            return None
        (length,) = struct.unpack_from("<i", self.received)
        if len(self.received) < length:
            return None
        answer = bytes(self.received[21:length])
        self.received.clear()
        return answer

    def ask(self, body: Body) -> Body:
        self.send(body)
        while (answer := self.receive()) is None:
            pass
        return decoded(answer)


def decoded(answer: bytes) -> Body:
    reply: Body = bson.decode(answer)  # pyright: ignore[reportUnknownMemberType]
    assert reply["ok"] == 1.0, reply
    assert "writeErrors" not in reply, reply
    return reply


@dataclass(frozen=True)
class Store:
    """The store's process."""

    pid: int
    path: Path

    @contextmanager
    def clients(self, number: int) -> Generator[list[Client]]:
        with ExitStack() as stack:
            yield [self._client(stack) for _ in range(number)]

    def _client(self, stack: ExitStack) -> Client:
        connection = stack.enter_context(socket.socket(socket.AF_UNIX))
        connection.connect(str(self.path))
        return Client(connection)

    def processor_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def megabytes(self) -> float:
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def running(folder: Path) -> Generator[Store]:
    path = folder / "db.sock"
    command = [sys.executable, "-m", "server.embedded", "--data", str(folder)]
    with subprocess.Popen(
        [*command, "--socket", str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready ")
        try:
            yield Store(process.pid, path)
        finally:
            process.terminate()


@dataclass(frozen=True)
class Measured:
    """What clients saw, and what it cost the store."""

    latencies: list[float]
    seconds: float
    processor_seconds: float

    def percentile(self, part: float) -> float:
        return sorted(self.latencies)[int(part * (len(self.latencies) - 1))] * 1000

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    @property
    def microseconds_each(self) -> float:
        return self.processor_seconds / len(self.latencies) * 1e6


def measure(
    store: Store, clients: list[Client], make: Callable[[], Body], seconds: float
) -> Measured:
    """Keep every client busy for some seconds."""
    latencies: list[float] = []
    before, began = store.processor_seconds(), time.perf_counter()
    until = began + seconds
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client.socket, selectors.EVENT_READ, client)
            client.send(make())
        waiting = len(clients)
        while waiting:
            for key, _ in selector.select():
                client: Client = key.data
                answer = client.receive()
                if answer is None:
                    continue
                now = time.perf_counter()
                latencies.append(now - client.sent_at)
                if len(latencies) % 100 == 1:
                    decoded(answer)
                if now < until:
                    client.send(make())
                else:
                    waiting -= 1
    return Measured(latencies, time.perf_counter() - began, store.processor_seconds() - before)


# What is asked


def document(n: int) -> Body:
    """A ticket's size: 0.6 kB."""
    return {
        "_id": f"ticket:{n:08}",
        "team": n % TEAMS,
        "at": n,
        "n": 0,
        "status": ("open", "pending", "closed")[n % 3],
        "tags": [f"tag{n % 7}", f"tag{n % 11}"],
        "title": f"The printer on floor {n % 40} does not print",
        "text": "x" * 420,
    }


def fill(client: Client, documents: int) -> None:
    client.ask({"createIndexes": "things", "indexes": [index("team", "at")]})
    three = [index("team", "at"), index("status", "at"), index("tags")]
    client.ask({"createIndexes": "indexed", "indexes": three})
    for start in range(0, documents, 1000):
        batch = [document(n) for n in range(start, min(start + 1000, documents))]
        client.ask({"insert": "things", "documents": batch, "writeConcern": MAJORITY})


def index(*fields: str) -> Body:
    return {"key": dict.fromkeys(fields, 1), "name": "_".join(fields)}


def requests(documents: int) -> Iterator[tuple[str, tuple[int, ...], Callable[[], Body]]]:
    """Each operation with the numbers of clients it is measured with."""
    rng, fresh = Random(1), count(documents)

    def somewhere() -> str:
        return f"ticket:{rng.randrange(documents):08}"

    def insert(collection: str) -> Body:
        new = document(next(fresh))
        return {"insert": collection, "documents": [new], "writeConcern": MAJORITY}

    yield (
        "point read",
        (1, 16),
        lambda: {"find": "things", "filter": {"_id": somewhere()}, "limit": 1, "singleBatch": True},
    )
    yield (
        "find by index, sorted, 50 rows",
        (1, 16),
        lambda: {
            "find": "things",
            "filter": {"team": rng.randrange(TEAMS)},
            "sort": {"at": -1},
            "limit": 50,
        },
    )
    yield "insert", (1, 16), lambda: insert("things")
    yield "insert, three indexes", (1, 16), lambda: insert("indexed")
    yield (
        "findAndModify",
        (1, 16),
        lambda: {
            "findAndModify": "things",
            "query": {"_id": somewhere()},
            "update": {"$inc": {"n": 1}},
            "new": True,
            "writeConcern": MAJORITY,
        },
    )


# Long ones, beside which the others read.
LONG: dict[str, Body] = {
    "a group": {
        "aggregate": "things",
        "pipeline": [{"$group": {"_id": "$status", "n": {"$sum": "$at"}}}],
        "cursor": {},
    },
    "a filter that no index helps": {"find": "things", "filter": {"text": "y"}},
    "a sort in memory": {"find": "things", "sort": {"title": 1}, "limit": 50},
    "an update of all": {
        "update": "things",
        "updates": [{"q": {}, "u": {"$inc": {"n": 1}}, "multi": True}],
    },
}


def beside(store: Store, body: Body, make: Callable[[], Body]) -> tuple[float, Measured]:
    """How long a request takes, and what four others see while it runs."""
    with store.clients(1) as (busy,), store.clients(4) as clients:
        busy.send(body)
        latencies: list[float] = []
        began = time.perf_counter()
        busy.socket.setblocking(False)
        before = store.processor_seconds()
        while True:
            latencies += measure(store, clients, make, 0.05).latencies
            try:
                if busy.receive() is not None:
                    break
            except BlockingIOError:
                continue
        seconds = time.perf_counter() - began
    return seconds, Measured(latencies, seconds, store.processor_seconds() - before)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=4.0, help="for each measurement")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="emb") as name, running(Path(name)) as store:
        memory = [store.megabytes()]
        with store.clients(1) as (client,):
            fill(client, options.documents)
        memory.append(store.megabytes())
        print(f"{options.documents:,} documents; load {os.getloadavg()[0]:.0f}\n")
        print("| | clients | CPU of the store each | p50 | p99 | rate |\n|---|---|---|---|---|---|")
        for what, numbers, make in requests(options.documents):
            for number in numbers:
                with store.clients(number) as clients:
                    row = measure(store, clients, make, options.seconds)
                print(
                    f"| {what} | {number} | {row.microseconds_each:.0f} µs"
                    f" | {row.percentile(0.5):.2f} ms | {row.percentile(0.99):.1f} ms"
                    f" | {row.rate:,.0f}/s |",
                    flush=True,
                )
        memory.append(store.megabytes())
        print("\n| four others' point reads beside | it takes | p50 | p99 |\n|---|---|---|---|")
        point = next(requests(options.documents))[2]
        for what, body in LONG.items():
            seconds, row = beside(store, body, point)
            print(
                f"| {what} | {seconds:.1f} s | {row.percentile(0.5):.1f} ms"
                f" | {row.percentile(0.99):.0f} ms |",
                flush=True,
            )
        memory.append(store.megabytes())
        told = "{:.0f} MB empty, {:.0f} filled, {:.0f} after short requests, {:.0f} after long ones"
        print("\nMemory:", told.format(*memory))


if __name__ == "__main__":
    main()
