"""A furnished house and a dispatcher whose publications are kept."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from server.dispatch.dispatcher import Dispatcher
from server.store.connect import Store
from server.store.log import StoreLog
from tests.server.house import FixedClock, Heard, House, furnish

SECRET = b"the secret of the tests"


@pytest.fixture
async def house(store: Store) -> House:
    return await furnish(store)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def dispatcher(store: Store, clock: FixedClock, heard: Heard) -> AsyncGenerator[Dispatcher]:
    dispatcher = Dispatcher(store, clock, heard, SECRET)
    yield dispatcher
    await dispatcher.close()


@pytest.fixture
def log(store: Store) -> StoreLog:
    return StoreLog(store)
