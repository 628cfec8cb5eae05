"""Two nodes over one store in memory and a real Valkey, and clients on them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from domain.access import Actor
from realtime.cluster import open_redis
from realtime.options import Options
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import CALM, Client, Node, disconnect
from tests.stores import StoreProcess, running, store_folder, valkey_process

StartNode = Callable[..., Awaitable[Node]]
Enter = Callable[..., Awaitable[Client]]


@pytest.fixture(scope="session")
def redis_url() -> Generator[str]:
    with running(valkey_process, "REDIS_URL") as url:
        yield url


@pytest.fixture
def valkey() -> Generator[StoreProcess]:
    """A Valkey of the test's own, to be ill-treated."""
    with store_folder() as folder:
        process = valkey_process(folder)
        process.start()
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture(params=["slim", "engine"])
def websockets(request: pytest.FixtureRequest) -> str:
    """Whose WebSockets the nodes have: our own, or python-engineio's."""
    return request.param


@pytest.fixture
async def start_node(
    store: MemoryStore, redis_url: str, websockets: str
) -> AsyncGenerator[StartNode]:
    """Starts nodes, with options; they and their clients of Redis end with the test."""
    async with AsyncExitStack() as stack:

        async def start(options: Options = CALM, url: str | None = None) -> Node:
            redis = open_redis(url or redis_url)
            stack.push_async_callback(redis.aclose)
            return await stack.enter_async_context(
                Node(store, redis, options, websockets).serving()
            )

        yield start


@pytest.fixture
async def node(start_node: StartNode) -> Node:
    return await start_node()


@pytest.fixture
async def other_node(start_node: StartNode) -> Node:
    return await start_node()


@pytest.fixture
async def enter(store: MemoryStore) -> AsyncGenerator[Enter]:
    """Connects somebody to a node."""
    clients: list[Client] = []

    async def connect(node: Node, actor: Actor, *transports: str, **named: Any) -> Client:
        token = named.pop("token", None) or store.log_in(actor)
        client = Client(node, token, named.pop("who", actor.kind.value))
        clients.append(client)
        return await client.connect(*transports)

    yield connect
    await disconnect(clients)
