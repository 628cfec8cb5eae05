"""One desk for the tests of a file, since most only need a ticket of their own."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from tests.server.http.desk import Desk, open_desk


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(
    mongodb_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Desk]:
    async with open_desk(mongodb_url, redis_url, tmp_path_factory.mktemp("data")) as desk:
        yield desk
