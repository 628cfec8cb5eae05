"""Is a MongoDB one that acknowledged commands can be trusted to?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from server.processes.refusal import Refused

ANSWER_MS = 5_000

REPLICA_SET_NEEDED = """\
The MongoDB of MONGODB_URL is no replica set, so a failure could lose what was acknowledged.
One server can be a replica set of its own: start mongod with --replSet rs0, run
  mongosh --eval 'rs.initiate()'
once, and add ?replicaSet=rs0 to MONGODB_URL."""


class StoreRefused(Refused):
    """A store is out of reach, or not one that keeps what it acknowledges."""


async def say_hello(url: str) -> dict[str, Any]:
    """What the MongoDB says of itself.

    Raises StoreRefused when it does not answer within five seconds.
    """
    try:
        async with AsyncMongoClient[dict[str, Any]](
            url, serverSelectionTimeoutMS=ANSWER_MS
        ) as client:
            return await client.admin.command("hello")
    except PyMongoError as error:
        raise StoreRefused(f"The MongoDB of MONGODB_URL does not answer: {_first(error)}") from None


async def check_mongodb(url: str) -> None:
    """Raises StoreRefused unless it is a replica set, a sharded cluster or our embedded store."""
    hello = await say_hello(url)
    sharded = hello.get("msg") == "isdbgrid"
    if not (hello.get("deskwireEmbedded") or hello.get("setName") or sharded):
        raise StoreRefused(REPLICA_SET_NEEDED)


async def clock_difference(url: str) -> float:
    """By how many seconds its clock is ahead of ours, less the time that the question took."""
    asked = datetime.now(UTC)
    hello = await say_hello(url)
    middle = asked + (datetime.now(UTC) - asked) / 2
    return (hello["localTime"].replace(tzinfo=UTC) - middle).total_seconds()


def _first(error: PyMongoError) -> str:
    """The first part of a message; the rest repeats it with the topology around it."""
    return str(error).split(" (configured timeouts:")[0]
