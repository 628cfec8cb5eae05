"""Which server a channel belongs to: always the same one, or what a cluster's map says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from random import shuffle
from typing import Any, Protocol, cast

from redis.asyncio import Redis
from redis.crc import key_slot
from redis.exceptions import MovedError, RedisError

from realtime.cluster import Address, AnyRedis, Cluster

log = logging.getLogger(__name__)

SLOTS = 16_384
ASK_WITHIN = 2.0


class Shards(Protocol):
    """Where channels live. A server is named by its address; None where nobody knows."""

    def slot_of(self, channel: str) -> int:
        """Channels of one slot may be subscribed to in one command."""
        ...

    def server_of(self, channel: str) -> Address | None: ...

    def servers(self) -> Iterable[Address]:
        """Those that have channels now."""
        ...

    def client_of(self, server: Address) -> Redis: ...

    def learn(self, moved: MovedError, told_by: Address) -> None:
        """Take from a refusal whose a slot is."""
        ...

    async def refresh(self) -> None:
        """Look at the map again; raises RedisError or OSError where nobody shows it."""
        ...

    async def close(self) -> None: ...


def shards_of(redis: AnyRedis) -> Shards:
    return ClusterShards(redis) if isinstance(redis, Cluster) else OneServer(redis)


class OneServer:
    """All channels are on one server, whose client is the caller's."""

    HERE = Address("", 0)

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def slot_of(self, channel: str) -> int:
        return 0

    def server_of(self, channel: str) -> Address | None:
        return self.HERE

    def servers(self) -> Iterable[Address]:
        return (self.HERE,)

    def client_of(self, server: Address) -> Redis:
        return self._redis

    def learn(self, moved: MovedError, told_by: Address) -> None:
        log.error("Redis is part of a cluster: REDIS_URL must be redis+cluster://…")

    async def refresh(self) -> None:
        pass

    async def close(self) -> None:
        pass


class ClusterShards:
    """The map of a cluster's slots, and a plain client of each server it names."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._owners: list[Address | None] = [None] * SLOTS
        self._known: set[Address] = set(cluster.addresses)
        self._clients: dict[Address, Redis] = {}

    def slot_of(self, channel: str) -> int:
        return key_slot(channel.encode())

    def server_of(self, channel: str) -> Address | None:
        return self._owners[key_slot(channel.encode())]

    def servers(self) -> Iterable[Address]:
        return {owner for owner in self._owners if owner is not None}

    def client_of(self, server: Address) -> Redis:
        client = self._clients.get(server)
        if client is None:
            client = self._clients[server] = self._cluster.server(server)
        return client

    def learn(self, moved: MovedError, told_by: Address) -> None:
        host, port = cast("tuple[str, int]", cast(Any, moved).node_addr)
        self._owners[moved.slot_id] = Address(host or told_by.host, port)

    async def refresh(self) -> None:
        """Ask one server after the other, in any order, until one shows a map that holds.

        Who is cut off from the others says so, and is believed only if nobody is better off.
        """
        doubtful: list[Address | None] | None = None
        failure: Exception | None = None
        asked = [*self._known, *(set(self._cluster.addresses) - self._known)]
        shuffle(asked)
        for server in asked:
            try:
                async with asyncio.timeout(ASK_WITHIN):
                    sound, owners, known = await self._ask(server)
            except (RedisError, OSError) as error:
                failure = error
                continue
            if sound:
                self._owners = owners
                self._known = known
                return await self._let_go()
            doubtful = owners
        if doubtful is None:
            raise failure or OSError("nobody to ask")
        self._owners = doubtful

    async def _ask(self, server: Address) -> tuple[bool, list[Address | None], set[Address]]:
        """Is the cluster well in a server's eyes, whose is each slot, and who belongs to it?"""
        pipeline = cast(Any, self.client_of(server).pipeline(transaction=False))
        pipeline.execute_command("CLUSTER", "INFO")
        pipeline.execute_command("CLUSTER", "SLOTS")
        info, ranges = await pipeline.execute()
        owners: list[Address | None] = [None] * SLOTS
        known: set[Address] = set()
        for first, last, *places in ranges:
            addresses = [
                Address((host or b"").decode() or server.host, port) for host, port, *_ in places
            ]
            known.update(addresses)
            owners[first : last + 1] = [addresses[0]] * (last + 1 - first)
        return b"cluster_state:ok" in info, owners, known

    async def _let_go(self) -> None:
        """Close the clients of servers that are no more."""
        for server in set(self._clients) - self._known:
            await self._clients.pop(server).aclose()

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()
