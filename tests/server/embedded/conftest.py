"""A real store process for the tests of this folder, and real clients of it."""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase

from tests.processes import kill_group, leashed, module


@dataclass
class StoreProcess:
    """A running store; `url` is what it printed when it was ready."""

    process: subprocess.Popen[str]
    url: str
    folder: Path
    socket: Path

    def kill(self) -> None:
        self.process.kill()
        kill_group(self.process)

    def stop(self) -> int:
        self.process.terminate()
        code = self.process.wait(10)
        kill_group(self.process)
        return code


def start_store(
    folder: Path, *options: str, start: Callable[..., subprocess.Popen[str]] = leashed
) -> StoreProcess:
    """Start a store on a unix socket beside its data and wait until it serves."""
    socket = folder / "db.sock"
    command = module("server.embedded", "--data", str(folder), "--socket", str(socket), *options)
    process = start(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("ready "), f"the store did not start: {line!r}"
    return StoreProcess(process, line.split()[1], folder, socket)


def close_pipes(store: StoreProcess) -> None:
    if store.process.poll() is None:
        store.kill()
    assert store.process.stdout is not None
    store.process.stdout.close()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a path short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="emb") as name:
        yield Path(name)


@pytest.fixture(scope="session")
def shared_store() -> Iterator[StoreProcess]:
    with tempfile.TemporaryDirectory(prefix="emb") as name:
        store = start_store(Path(name))
        yield store
        assert store.stop() == 0
        close_pipes(store)


@pytest.fixture
async def client(shared_store: StoreProcess) -> AsyncIterator[AsyncMongoClient]:
    async with AsyncMongoClient(shared_store.url, serverSelectionTimeoutMS=5000) as client:
        yield client


@pytest.fixture
async def database(client: AsyncMongoClient) -> AsyncIterator[AsyncDatabase]:
    name = f"test_{os.urandom(6).hex()}"
    yield client[name]
    await client.drop_database(name)


@pytest.fixture
async def things(database: AsyncDatabase) -> AsyncCollection:
    return database["things"]


async def until(condition, seconds: float = 10.0) -> None:
    """Wait for a condition, which may be a coroutine function; fail after `seconds`."""
    async with asyncio.timeout(seconds):
        while True:
            result = condition()
            if await result if asyncio.iscoroutine(result) else result:
                return
            await asyncio.sleep(0.01)


async def ids(things: AsyncCollection) -> list[object]:
    """The `_id` of every document, in order."""
    return [found["_id"] async for found in things.find({}, {"_id": 1}).sort("_id")]
