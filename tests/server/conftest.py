"""Fixtures of everything that needs the stores: one pair a session, a fresh database a test."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from server.settings import Settings
from server.store.connect import Store, open_store
from tests.stores import mongodb_process, running, valkey_process


@pytest.fixture(scope="session")
def mongodb_url() -> Generator[str]:
    with running(mongodb_process, "MONGODB_URL") as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Generator[str]:
    with running(valkey_process, "REDIS_URL") as url:
        yield url


@pytest.fixture
def settings(mongodb_url: str, redis_url: str, tmp_path: Path) -> Settings:
    """Settings with a database of the test's own."""
    return Settings(
        mongodb_url=mongodb_url,
        redis_url=redis_url,
        secret_key="a secret that only the tests know " + "x" * 32,
        database=f"test_{uuid4().hex}",
        data_dir=tmp_path,
    )


@pytest.fixture
async def store(settings: Settings) -> AsyncGenerator[Store]:
    """The open store of a fresh database, dropped afterwards."""
    store = await open_store(settings)
    yield store
    await store.client.drop_database(settings.database)
    await store.close()


@pytest.fixture
async def redis(redis_url: str) -> AsyncGenerator[Redis]:
    """A client of Valkey, its database emptied for the test."""
    client = Redis.from_url(redis_url, decode_responses=False)
    await client.flushdb()
    yield client
    await client.aclose()
