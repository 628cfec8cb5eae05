"""What was acknowledged is there: after a kill, on a disk that fails, on a disk that is full."""

import asyncio
import random
import resource
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError

from tests.processes import leashed
from tests.server.embedded.conftest import StoreProcess, close_pipes, ids, start_store

WRITERS = 16


async def write_until_killed(store: StoreProcess, round: int, seconds: float) -> dict[Any, int]:
    """Insert and count up from many clients; the last acknowledged count of each document."""
    acknowledged: dict[Any, int] = {}

    async def writer(number: int) -> None:
        async with AsyncMongoClient(
            store.url, retryWrites=False, serverSelectionTimeoutMS=500
        ) as client:
            things = client.db.things
            for n in range(1_000_000):
                id = f"{round}:{number}:{n}"
                await things.insert_one({"_id": id, "n": 1, "tags": [number, n]})
                acknowledged[id] = 1
                await things.update_one({"_id": id}, {"$inc": {"n": 1}})
                acknowledged[id] = 2

    tasks = [asyncio.create_task(writer(number)) for number in range(WRITERS)]
    await asyncio.sleep(seconds)
    store.kill()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        assert isinstance(outcome, PyMongoError), outcome
    return acknowledged


async def kill_rounds(folder: Path, rounds: int) -> None:
    rng = random.Random(rounds)
    acknowledged: dict[Any, int] = {}
    for round in range(rounds):
        store = start_store(folder)
        try:
            async with AsyncMongoClient(store.url) as client:
                await client.db.things.create_index("tags")
                found = {d["_id"]: d["n"] async for d in client.db.things.find()}
                assert all(found.get(id, 0) >= n for id, n in acknowledged.items())
                validated = await client.db.command("validate", "things")
                assert validated["valid"], validated["errors"]
                assert validated["nrecords"] == len(found)
            acknowledged |= await write_until_killed(store, round, rng.uniform(0.3, 1.0))
        finally:
            close_pipes(store)
    assert len(acknowledged) > 50 * rounds


async def test_no_acknowledged_write_is_lost_by_a_kill(folder: Path):
    await kill_rounds(folder, 3)


@pytest.mark.long
async def test_no_acknowledged_write_is_lost_by_twenty_kills(folder: Path):
    await kill_rounds(folder, 21)


async def test_a_disk_that_takes_no_more_is_an_error_and_loses_nothing(folder: Path):
    limit = 3_000_000

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    store = start_store(folder, start=partial(leashed, preexec_fn=small_files))
    stored: list[int] = []
    try:
        async with AsyncMongoClient(store.url) as client:

            async def fill() -> None:
                for n in range(100):
                    await client.db.things.insert_one({"_id": n, "text": "x" * 100_000})
                    stored.append(n)

            with pytest.raises(OperationFailure) as failure:
                await fill()
            assert failure.value.code == 14031
            assert await ids(client.db.things) == stored
    finally:
        store.stop()
        close_pipes(store)
    again = start_store(folder)
    try:
        async with AsyncMongoClient(again.url) as client:
            assert await ids(client.db.things) == stored
            await client.db.things.insert_one({"_id": "after"})
    finally:
        close_pipes(again)


# Redaction


def everywhere(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_after_compaction_a_redacted_text_is_nowhere_in_the_folder(folder: Path):
    secret = "pl4nted-in-plain-sight"
    store = start_store(folder)
    try:
        async with AsyncMongoClient(store.url) as client:
            things = client.db.things
            await things.create_index("body")
            for n in range(200):
                text = secret if n % 10 == 0 else "ordinary"
                await things.insert_one({"_id": n, "body": text, "pad": "x" * (n * 37)})
            await things.insert_one({"_id": "long", "body": "b", "pad": "y" * 9000 + secret})
            await client.db.gone.insert_one({"text": secret})
            assert secret.encode() in everywhere(folder)

            # The last two leave the old document in the stored answer of a numbered write.
            await things.update_many({"body": secret}, {"$set": {"body": "redacted"}})
            await things.find_one_and_update({"_id": "long"}, {"$set": {"pad": ""}})
            await client.db.gone.find_one_and_replace({}, {})
            await client.db.drop_collection("gone")
            await client.db.command("compact", "things")

            assert secret.encode() not in everywhere(folder)
            assert await things.count_documents({"body": "redacted"}) == 20
    finally:
        close_pipes(store)


async def test_compaction_runs_beside_readers_and_writers(folder: Path):
    store = start_store(folder)
    try:
        async with AsyncMongoClient(store.url) as client:
            things = client.db.things
            await things.insert_many([{"_id": n, "text": "x" * 1000} for n in range(2000)])
            compaction = asyncio.create_task(client.db.command("compact", "things"))
            for n in range(50):
                await things.insert_one({"_id": f"meanwhile {n}"})
                assert await things.find_one({"_id": n})
            assert (await compaction)["ok"] == 1.0
            assert await things.count_documents({}) == 2050
    finally:
        close_pipes(store)
