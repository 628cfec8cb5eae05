"""A connection to Redis whose words are heard in the step of the loop in which they come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import hiredis
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Broken
from redis.exceptions import RedisError


class Line(asyncio.Protocol):
    """redis-py opens it and says who we are; what comes then is ours to hear.

    redis-py's own reading takes 8 µs a word, with a coroutine and a timeout for each; this takes
    one. `heard` gets every word of the server in RESP 2, an error as redis-py's exception. `lost`
    is done, with the reason, once nothing more comes. Who opens a line must close it.
    """

    def __init__(self, connection: Any, heard: Callable[[Any], None]) -> None:  # noqa: ANN401
        self._connection = connection
        self._transport: asyncio.Transport = connection._writer.transport
        self._parser = hiredis.Reader(replyError=connection._parser.parse_error)
        self._heard = heard
        self.lost: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
        self._transport.set_protocol(self)

    @classmethod
    async def open(cls, redis: Redis, heard: Callable[[Any], None]) -> Line:
        """Connect as a client of redis-py would; raises RedisError or OSError."""
        # RESP 2, so that messages come as answers do; our own reconnecting, so that every break
        # is known; our own timeouts.
        pool: Any = redis.connection_pool
        own = {"protocol": 2, "retry": Retry(NoBackoff(), 0), "socket_timeout": None}
        connection = pool.connection_class(**{**pool.connection_kwargs, **own})
        try:
            await connection.connect()
        except BaseException:
            await connection.disconnect(nowait=True)
            raise
        return cls(connection, heard)

    def send(self, commands: bytes) -> None:
        """Commands as `packed`; what cannot go yet waits."""
        self._transport.write(commands)

    def close(self) -> None:
        self._transport.abort()
        self._connection._close()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed(data)
            while (word := self._parser.gets()) is not False:
                self._heard(word)
        except hiredis.ProtocolError as error:
            self.fail(RedisError(str(error)))

    def connection_lost(self, exc: Exception | None) -> None:
        self.fail(exc or Broken("Redis hung up"))

    def fail(self, reason: Exception) -> None:
        """Nothing more is to be had from this line."""
        if not self.lost.done():
            self.lost.set_result(reason)


def packed(*command: str | bytes) -> bytes:
    """A command as Redis reads it."""
    return cast(Any, hiredis).pack_command(command)
