"""Redis by its address: one server, or a cluster of them that looks the same to who uses it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from hashlib import sha1
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

from redis.asyncio import Redis, RedisCluster, SSLConnection
from redis.asyncio.cluster import ClusterNode, PipelineCommand
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AskError,
    MovedError,
    NoScriptError,
    RedisClusterException,
    RedisError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as RedisConnectionError

SCHEMES = ("redis+cluster", "rediss+cluster")
PORT = 6379
TRIES_AGAIN = 1
"""How often a command that failed is tried with a fresh map; who asks does the rest."""


Command = tuple[Any, ...]
"""A command's name, its key, and the rest."""


class Address(NamedTuple):
    """Where a server listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Cluster(RedisCluster):
    """redis-py's client of a cluster; where it finds none, Redis counts as away.

    What its own `RedisClusterException` says is no RedisError, and would end who waits for one.
    """

    def __init__(self, addresses: Iterable[Address], **options: Any) -> None:  # noqa: ANN401
        self.addresses = tuple(addresses)
        """Where to look first."""
        self._options = options
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            startup_nodes=[ClusterNode(*each) for each in self.addresses],
            retry=Retry(NoBackoff(), TRIES_AGAIN),
            **options,
        )

    def server(self, address: Address) -> Redis:
        """A client of one of its servers alone, which tries a fresh connection and then gives
        up: another server may know better. The caller closes it."""
        again = Retry(NoBackoff(), TRIES_AGAIN)
        return Redis(host=address.host, port=address.port, retry=again, **self._options)

    async def initialize(self, *args: Any, **named: Any) -> RedisCluster:  # noqa: ANN401
        try:
            return await super().initialize(*args, **named)
        except RedisClusterException as error:
            raise RedisConnectionError(str(error)) from error

    async def execute_command(self, *args: Any, **named: Any) -> Any:  # noqa: ANN401
        try:
            return await super().execute_command(*args, **named)
        except RedisClusterException as error:
            raise RedisConnectionError(str(error)) from error

    async def ping(self, **_: Any) -> bool:  # noqa: ANN401 - redis-py's own options
        """Whether any server of it answers; redis-py's wants all of them to."""
        await self.initialize()
        asked = [asyncio.create_task(node.execute_command("PING")) for node in self.get_nodes()]
        try:
            for answer in asyncio.as_completed(asked):
                with suppress(RedisError, OSError):
                    return bool(await answer)
        finally:
            await _end(asked)
        raise RedisConnectionError("no server of the cluster answers")

    async def ask_many(self, commands: Sequence[Command], within: float) -> list[Any]:
        """As `ask_many` below. redis-py's own pipeline fails as a whole where one server does, and
        closes the connections of everybody else."""
        await self.initialize()
        asked = [PipelineCommand(at, *command) for at, command in enumerate(commands)]
        by_node: dict[ClusterNode, list[PipelineCommand]] = {}
        for each in asked:
            by_node.setdefault(self._node_of(each.args[1]), []).append(each)
        await asyncio.gather(*(self._ask_node(*each, within) for each in by_node.items()))
        for each in asked:
            if isinstance(each.result, MovedError | AskError | TryAgainError):
                each.result = await self._ask_alone(each.args)
        return [each.result for each in asked]

    def _node_of(self, key: str) -> ClusterNode:
        node = self.get_node_from_key(key)
        assert node is not None  # There is one of each slot, or `initialize` had raised.
        return node

    async def _ask_node(
        self, node: ClusterNode, asked: Sequence[PipelineCommand], within: float
    ) -> None:
        try:
            async with asyncio.timeout(within):
                await node.execute_pipeline(list(asked))
        except (RedisError, OSError) as error:
            for each in asked:
                each.result = error
        if any(isinstance(each.result, RedisConnectionError) for each in asked):
            self._initialize = True  # As redis-py does: the next command looks at the map again.

    async def _ask_alone(self, command: Command) -> Any:  # noqa: ANN401 - what Redis answers
        try:
            return await self.execute_command(*command)
        except (RedisError, OSError) as error:
            return error

    async def aclose(self) -> None:
        self._initialize = False  # After a failure it holds connections, and would not say so.
        await super().aclose()


AnyRedis = Redis | Cluster


def open_redis(url: str, **options: Any) -> AnyRedis:  # noqa: ANN401 - redis-py's own options
    """A client of what an address names; connects when it is first asked something.

    `redis+cluster://[user:password@]host:port,host:port` names some servers of a cluster, one
    of which must answer; `rediss+cluster://` does so through TLS. All else is one server's.
    """
    if urlsplit(url).scheme not in SCHEMES:
        return Redis.from_url(url, **options)  # pyright: ignore[reportUnknownMemberType]
    addresses, given = parse_cluster(url)
    return Cluster(addresses, **{**given, **options})


async def ask_many(redis: AnyRedis, commands: Sequence[Command], within: float) -> list[Any]:
    """Ask for many keys in one go for each server: each is a command's name, its key, the rest.

    An exception stands where an answer would; `within` is how many seconds a server has.
    """
    if isinstance(redis, Cluster):
        return await redis.ask_many(commands, within)
    pipeline = cast(Any, redis.pipeline(transaction=False))
    for command in commands:
        pipeline.execute_command(*command)
    async with asyncio.timeout(within):
        return await pipeline.execute(raise_on_error=False)


async def run_script(redis: AnyRedis, script: str, keys: Sequence[str], *arguments: Any) -> Any:  # noqa: ANN401
    """Run a script, and send its text only to a server that does not know it.

    redis-py's own way is to load it into every server of a cluster, also those that are away.
    """
    client: Any = redis
    digest = sha1(script.encode(), usedforsecurity=False).hexdigest()
    try:
        return await client.evalsha(digest, len(keys), *keys, *arguments)
    except NoScriptError:
        return await client.eval(script, len(keys), *keys, *arguments)


async def _end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def parse_cluster(url: str) -> tuple[list[Address], dict[str, Any]]:
    """The servers that an address names, and how they are spoken to; raises ValueError."""
    parts = urlsplit(url)
    who, at, places = parts.netloc.rpartition("@")
    addresses: list[Address] = []
    for place in places.split(","):
        named = urlsplit(f"//{place}")
        if not named.hostname:
            raise ValueError(f"{place!r} is no host")
        addresses.append(Address(named.hostname, named.port or PORT))
    scheme = parts.scheme.removesuffix("+cluster")
    given = cast("dict[str, Any]", parse_url(f"{scheme}://{who}{at}host?{parts.query}"))
    del given["host"]
    if given.pop("connection_class", None) is SSLConnection:
        given["ssl"] = True
    return addresses, given
