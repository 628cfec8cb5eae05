"""Fixtures of everything that needs the stores: one pair a session, an empty database a test."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from uuid import uuid4

import pytest
from pymongo import MongoClient
from pymongo.database import Database
from redis.asyncio import Redis

from server.settings import Settings
from server.store.connect import Raw, Store, open_store
from tests.stores import mongodb_process, running, valkey_process


@pytest.fixture(scope="session")
def mongodb_url() -> Generator[str]:
    with running(mongodb_process, "MONGODB_URL") as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Generator[str]:
    with running(valkey_process, "REDIS_URL") as url:
        yield url


@pytest.fixture(scope="session")
def database(mongodb_url: str) -> Generator[Database[Raw]]:
    """The database of one test after the other: making its indexes takes longer than most tests."""
    with MongoClient[Raw](mongodb_url) as client:
        database = client[f"test_{uuid4().hex}"]
        yield database
        client.drop_database(database.name)


@pytest.fixture
def settings(
    mongodb_url: str, database: Database[Raw], redis_url: str, tmp_path: Path
) -> Generator[Settings]:
    """Settings with a database that has nothing but indexes."""
    yield Settings(
        mongodb_url=mongodb_url,
        redis_url=redis_url,
        secret_key="a secret that only the tests know " + "x" * 32,
        database=database.name,
        data_dir=tmp_path,
    )
    for each in database.list_collection_names():
        database[each].delete_many({})


@pytest.fixture
async def store(settings: Settings) -> AsyncGenerator[Store]:
    """The open store of an empty database."""
    store = await open_store(settings)
    yield store
    await store.close()


@pytest.fixture
async def redis(redis_url: str) -> AsyncGenerator[Redis]:
    """A client of Valkey, its database emptied for the test."""
    client = Redis.from_url(redis_url, decode_responses=False)
    await client.flushdb()
    yield client
    await client.aclose()
