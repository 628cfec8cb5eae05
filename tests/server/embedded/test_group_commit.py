"""No answer leaves before its write is durable, and writes of one moment share a commit."""

import asyncio
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import bson
import pytest
from pymongo import AsyncMongoClient

from server.embedded import writer as writer_module
from server.embedded.engine import Engine
from server.embedded.server import Connection
from server.embedded.storage import Store
from server.embedded.writer import Writer
from tests.server.embedded.conftest import until
from tests.server.embedded.rawclient import message

CLIENTS = 8


@dataclass
class InProcess:
    """The store in this process, its commits held by a gate and counted."""

    engine: Engine
    socket: Path
    gate: threading.Event = field(default_factory=threading.Event)
    commits: int = 0
    waiting: int = 0
    failed: list[str] = field(default_factory=list)
    break_commit: sqlite3.Error | None = None


@pytest.fixture
async def held(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[InProcess]:
    store = Store.open(folder)
    failed: list[str] = []
    engine = Engine(store, Writer(store, failed.append), "held")
    held = InProcess(engine, folder / "db.sock", failed=failed)
    held.gate.set()
    real_commit = writer_module._commit

    def commit(connection: sqlite3.Connection) -> None:
        held.waiting += 1
        assert held.gate.wait(10)
        if held.break_commit is not None:
            error, held.break_commit = held.break_commit, None
            raise error
        real_commit(connection)
        held.commits += 1

    monkeypatch.setattr(writer_module, "_commit", commit)
    connections: set[Connection] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_unix_server(
        lambda: Connection(engine, connections), str(held.socket)
    )
    yield held
    held.gate.set()
    server.close()
    await engine.writer.drain()
    for connection in list(connections):
        connection.close()
    engine.writer.close()
    store.close()


class Peer:
    """A client that can tell whether an answer has come."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self, **body: object) -> bytes:
        self.send(**body)
        return await self.answer()

    async def count(self) -> int:
        """How many documents a reader sees."""
        reply = bson.decode((await self.ask(find="things"))[5:])
        return len(reply["cursor"]["firstBatch"])

    def send(self, **body: object) -> None:
        self.writer.write(message({**body, "$db": "db"}))

    async def answer(self) -> bytes:
        async with asyncio.timeout(10):
            head = await self.reader.readexactly(16)
            return await self.reader.readexactly(int.from_bytes(head[:4], "little") - 16)

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


@pytest.fixture
async def peers(held: InProcess) -> AsyncIterator[list[Peer]]:
    peers = [Peer(*await asyncio.open_unix_connection(held.socket)) for _ in range(CLIENTS + 1)]
    await peers[0].ask(createIndexes="things", indexes=[{"key": {"b": 1}, "name": "b_1"}])
    held.commits = held.waiting = 0
    yield peers
    for peer in peers:
        await peer.close()


async def test_no_answer_leaves_while_its_commit_is_not_done(held: InProcess, peers: list[Peer]):
    *writers, reader = peers
    held.gate.clear()

    for n, peer in enumerate(writers):
        peer.send(insert="things", documents=[{"_id": n}])
    answers = [asyncio.create_task(peer.answer()) for peer in writers]
    await until(lambda: held.waiting == 1)

    # Readers go on meanwhile, and see nothing of what is not committed.
    for _ in range(5):
        assert await reader.count() == 0
    assert not any(answer.done() for answer in answers)

    held.gate.set()
    assert len(await asyncio.gather(*answers)) == CLIENTS
    assert await reader.count() == CLIENTS


async def test_writes_that_wait_together_share_one_commit(held: InProcess, peers: list[Peer]):
    *writers, _ = peers
    held.gate.clear()
    writers[0].send(insert="things", documents=[{"_id": "first"}])
    await until(lambda: held.waiting == 1)

    for n, peer in enumerate(writers[1:]):
        peer.send(insert="things", documents=[{"_id": n}])
    await asyncio.sleep(0)
    await until(lambda: len(held.engine.writer._queue) == CLIENTS - 1)
    held.gate.set()
    await asyncio.gather(*(peer.answer() for peer in writers))

    assert held.commits == 2


async def test_the_refusal_of_a_duplicate_waits_for_the_first_to_be_durable(
    held: InProcess, peers: list[Peer]
):
    one, other, *_ = peers
    held.gate.clear()
    one.send(insert="things", documents=[{"_id": 1}])
    other.send(insert="things", documents=[{"_id": 1}])
    refusal = asyncio.create_task(other.answer())
    await until(lambda: held.waiting == 1)
    assert not refusal.done()

    held.gate.set()
    answers = [await one.answer(), await refusal]
    assert sorted(b"E11000" in answer for answer in answers) == [False, True]


async def test_a_failed_commit_is_an_error_for_all_and_nothing_is_written(
    held: InProcess, peers: list[Peer]
):
    *writers, reader = peers
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorname = "SQLITE_FULL"
    held.break_commit = full
    held.gate.clear()
    for n, peer in enumerate(writers):
        peer.send(insert="things", documents=[{"_id": n}])
    await until(lambda: held.waiting == 1)
    held.gate.set()

    answers = await asyncio.gather(*(peer.answer() for peer in writers))

    failed = [answer for answer in answers if b"OutOfDiskSpace" in answer]
    assert failed
    assert await reader.count() == len(answers) - len(failed)
    assert b"errmsg" not in await writers[0].ask(insert="things", documents=[{"_id": 99}])
    assert held.failed == []


async def test_a_failed_fsync_stops_the_store_since_nobody_knows_what_is_on_disk(
    held: InProcess, peers: list[Peer]
):
    broken = sqlite3.OperationalError("disk I/O error")
    broken.sqlite_errorname = "SQLITE_IOERR_FSYNC"
    held.break_commit = broken

    answer = await peers[0].ask(insert="things", documents=[{"_id": 1}])

    assert b"ShutdownInProgress" in answer
    assert len(held.failed) == 1


async def test_a_full_disk_in_the_middle_of_a_batch_takes_nobody_with_it_unawares(
    held: InProcess, peers: list[Peer]
):
    *writers, reader = peers
    connection = held.engine.writing.connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages + 40}")

    for n, peer in enumerate(writers):
        peer.send(insert="things", documents=[{"_id": n, "text": "x" * 50_000}])
    answers = await asyncio.gather(*(peer.answer() for peer in writers))

    stored = [answer for answer in answers if b"errmsg" not in answer]
    assert len(answers) - len(stored) > 0
    assert await reader.count() == len(stored)
    connection.execute(f"PRAGMA max_page_count = {pages + 4000}")
    assert b"errmsg" not in await writers[0].ask(insert="things", documents=[{"_id": "later"}])


async def test_new_multikey_indexes_are_remembered_after_a_rolled_back_write(
    held: InProcess, peers: list[Peer], folder: Path
):
    peer = peers[0]
    spec = {"key": {"a": 1}, "name": "a_1"}
    await peer.ask(createIndexes="things", indexes=[spec])
    await peer.ask(insert="things", documents=[{"_id": 1}])
    assert b"E11000" in await peer.ask(insert="things", documents=[{"_id": 1, "a": [1, 2]}])
    await peer.ask(insert="things", documents=[{"_id": 2, "a": [1, 2]}])

    with sqlite3.connect(folder / "store.sqlite") as connection:
        assert connection.execute("SELECT max(multikey) FROM indexes").fetchone() == (1,)
    connection.close()


# The same, seen from the kernel


SYNC = re.compile(r"(?:fsync|fdatasync)\(\d+<[^>]*store\.sqlite-wal>\)\s*= 0")
RESUMED_SYNC = re.compile(r"<\.\.\. (?:fsync|fdatasync) resumed>\)\s*= 0")
REPLY = re.compile(r"(?:write|sendto|sendmsg|writev)\(\d+<(?:UNIX|socket)[^>]*>.*nModified")


@pytest.mark.long
async def test_the_kernel_sees_an_fsync_before_every_acknowledgement(folder: Path):
    strace = shutil.which("strace")
    assert strace, "this test needs strace: apt-get install strace"
    log, socket = folder / "strace.log", folder / "db.sock"
    process = subprocess.Popen(  # noqa: ASYNC220
        [
            *(strace, "-f", "-y", "-s", "300", "-o", str(log)),
            *("-e", "trace=fsync,fdatasync,write,writev,sendto,sendmsg"),
            *(sys.executable, "-m", "server.embedded"),
            *("--data", str(folder), "--socket", str(socket)),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process, process.stdout:
        url = process.stdout.readline().split()[1]
        async with AsyncMongoClient(url) as client:
            things = client.db.things
            await things.insert_one({"_id": 1, "n": 0})
            for _ in range(100):
                await things.update_one({"_id": 1}, {"$inc": {"n": 1}})
        os.kill(only_child(process.pid), signal.SIGTERM)
        process.wait(20)
    acknowledged, synced = 0, False
    for line in log.read_text(errors="replace").splitlines():
        if SYNC.search(line) or RESUMED_SYNC.search(line):
            synced = True
        elif REPLY.search(line):
            assert synced, f"acknowledged before its fsync: {line[:200]}"
            acknowledged, synced = acknowledged + 1, False
    assert acknowledged == 100


def only_child(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text())
