"""Between nodes: sharded pub/sub, a channel per room, subscribed while somebody here listens."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from enum import Enum
from random import random
from time import monotonic
from typing import Any, cast
from uuid import uuid4

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from realtime.options import Counters, Options
from realtime.tasks import Tasks

log = logging.getLogger(__name__)

NODE_BYTES = 16
CONTROL = "control"
BATCH = 500
CONNECT_WITHIN = 5.0
SILENCE = 3.0
"""Seconds without a word after which Redis is asked whether it is still there."""
PUBLISH_WITHIN = 2.0
MAX_OUTGOING = 20_000


class Kind(bytes, Enum):
    """What a message on a channel is; one byte after the node's id."""

    EVENT = b"e"
    SIGNAL = b"s"
    COMPANY = b"c"
    MARKER = b"m"
    KICK = b"k"


Receive = Callable[[str, Kind, bytes], None]


def channel_of(room: str) -> str:
    """The channel of a room; its braces put the room's keys on the same shard."""
    return f"dw1:{{{room}}}"


class Bus:
    """Redis is a wake-up, not a memory: what cannot be published is dropped, and healed.

    `receive` gets what other nodes said. A channel's event is set while Redis has acknowledged
    its subscription.
    """

    def __init__(
        self, redis: Redis, receive: Receive, options: Options, counters: Counters
    ) -> None:
        self._redis = redis
        self._receive = receive
        self._options = options
        self._counters = counters
        self._node = uuid4().hex[:NODE_BYTES].encode()
        self._channels: dict[str, asyncio.Event] = {}
        self._pending: Counter[str] = Counter()
        self._connection: Any = None
        self._away = False
        self._asked: list[tuple[str, str]] = []
        self._outgoing: list[tuple[str, bytes]] = []
        self._tasks = Tasks()
        self._flushing: asyncio.Task[None] | None = None
        self._asking: asyncio.Task[None] | None = None
        self.healed = asyncio.Event()
        """Set when the subscriptions are back after a break: heads want a check."""

    async def start(self) -> None:
        self._channels[channel_of(CONTROL)] = asyncio.Event()
        self._tasks.spawn(self._run())

    async def stop(self) -> None:
        """Publish what waits, then let go of the connection."""
        if self._flushing is not None:
            await asyncio.wait([self._flushing], timeout=PUBLISH_WITHIN)
        await self._tasks.end()

    # Speaking.

    def publish(self, room: str, kind: Kind, body: bytes) -> None:
        """Tell the other nodes; goes out with everything else of this loop tick."""
        self._outgoing.append((channel_of(room), self._node + kind.value + body))
        if len(self._outgoing) > MAX_OUTGOING:
            self._counters.publishes_lost += len(self._outgoing)
            self._outgoing.clear()
        if self._flushing is None:
            self._flushing = self._tasks.spawn(self._flush())

    async def _flush(self) -> None:
        while self._outgoing:
            batch, self._outgoing = self._outgoing[:BATCH], self._outgoing[BATCH:]
            try:
                async with asyncio.timeout(PUBLISH_WITHIN):
                    await self._publish(batch)
                self._counters.published += len(batch)
            except (RedisError, OSError, TimeoutError) as error:
                lost = len(batch) + len(self._outgoing)
                self._outgoing.clear()
                self._counters.publishes_lost += lost
                log.warning("%d messages could not be published: %r", lost, error)
        self._flushing = None

    async def _publish(self, batch: Iterable[tuple[str, bytes]]) -> None:
        pipeline = cast(Any, self._redis.pipeline(transaction=False))
        for channel, message in batch:
            pipeline.execute_command("SPUBLISH", channel, message)
        await pipeline.execute()

    # Subscribing.

    async def subscribe(self, room: str) -> bool:
        """Listen to a room; True once Redis acknowledged it, False if that takes too long."""
        channel = channel_of(room)
        confirmed = self._channels.get(channel)
        if confirmed is None:
            confirmed = self._channels[channel] = asyncio.Event()
            self._ask("SSUBSCRIBE", channel)
        if not confirmed.is_set() and not self._away:
            try:
                async with asyncio.timeout(self._options.confirm_within):
                    await confirmed.wait()
            except TimeoutError:
                return False
        return confirmed.is_set()

    def unsubscribe(self, room: str) -> None:
        channel = channel_of(room)
        if self._channels.pop(channel, None) is not None:
            self._ask("SUNSUBSCRIBE", channel)

    def confirmed(self, room: str) -> bool:
        """Whether the room's messages arrive here now."""
        confirmed = self._channels.get(channel_of(room))
        return confirmed is not None and confirmed.is_set()

    def _ask(self, command: str, channel: str) -> None:
        if self._connection is None:
            return  # Everything wanted is asked for on connecting.
        self._asked.append((command, channel))
        if self._asking is None:
            self._asking = self._tasks.spawn(self._send_asked())

    async def _send_asked(self) -> None:
        try:
            while self._asked and self._connection is not None:
                asked, self._asked = self._asked, []
                for command, channels in _runs(asked):
                    await self._send(command, channels)
        except (RedisError, OSError, AttributeError) as error:
            log.info("asking Redis failed: %r", error)  # The reader notices and reconnects.
        finally:
            self._asking = None

    async def _send(self, command: str, channels: list[str]) -> None:
        if command == "SSUBSCRIBE":
            self._pending.update(channels)
        await self._connection.send_command(command, *channels, check_health=False)

    # Listening.

    async def _run(self) -> None:
        """Stay connected: listen until it breaks, wait a moment, begin again."""
        delay = 0.05
        while True:
            started = monotonic()
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                log.warning("the bus is away: %r", error)
            delay = 0.05 if monotonic() - started > 5.0 else min(2.0, delay * 2)
            await asyncio.sleep(delay * (0.5 + random()))

    async def _listen(self) -> None:
        connection = self._make_connection()
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                await connection.connect()
            self._connection, self._asked, self._away = connection, [], False
            wanted = list(self._channels)
            for at in range(0, len(wanted), BATCH):
                await self._send("SSUBSCRIBE", wanted[at : at + BATCH])
            returning, quiet = True, False
            while True:
                word = await connection.read_response(timeout=SILENCE, disconnect_on_error=False)
                if word is None:
                    if quiet:
                        raise RedisTimeoutError("Redis is silent, even when asked")
                    quiet = True
                    await connection.send_command("PING", check_health=False)
                    continue
                quiet = False
                self._take(word)
                if returning and not self._pending:
                    returning = False
                    self.healed.set()
        finally:
            self._connection, self._away = None, True
            self._pending.clear()
            for confirmed in self._channels.values():
                confirmed.clear()
            await connection.disconnect(nowait=True)

    def _make_connection(self) -> Any:  # noqa: ANN401 - redis-py's own classes, by transport
        # RESP2, so that messages are read as answers and not through a push handler; our own
        # reconnecting, so that every break is known and followed by a check of the heads; our own
        # timeouts.
        pool: Any = self._redis.connection_pool
        own = {"protocol": 2, "retry": Retry(NoBackoff(), 0), "socket_timeout": None}
        return pool.connection_class(**{**pool.connection_kwargs, **own})

    def _take(self, word: Any) -> None:  # noqa: ANN401 - what redis-py parsed
        match word[0]:
            case b"smessage":
                self._counters.received += 1
                self._message(word[1].decode(), word[2])
            case b"ssubscribe":
                self._acknowledged(word[1].decode())
            case b"sunsubscribe":
                self._unsubscribed(word[1].decode())
            case _:  # The answer to a ping.
                pass

    def _acknowledged(self, channel: str) -> None:
        self._pending[channel] -= 1
        if self._pending[channel] <= 0:  # An earlier one's answer confirms nothing.
            del self._pending[channel]
            if (confirmed := self._channels.get(channel)) is not None:
                confirmed.set()

    def _message(self, channel: str, message: bytes) -> None:
        if message[:NODE_BYTES] == self._node:
            return  # Delivered here already, when it was published.
        room = channel[len("dw1:{") : -1]
        try:
            kind = Kind(message[NODE_BYTES : NODE_BYTES + 1])
            self._receive(room, kind, message[NODE_BYTES + 1 :])
        except Exception:
            log.exception("a message on %s was not understood", channel)

    def _unsubscribed(self, channel: str) -> None:
        confirmed = self._channels.get(channel)
        if confirmed is not None and confirmed.is_set():
            confirmed.clear()  # The server's own doing: the shard moved.
            self._ask("SSUBSCRIBE", channel)
            self.healed.set()


def _runs(asked: list[tuple[str, str]]) -> Iterable[tuple[str, list[str]]]:
    """Group neighbours with the same command, keeping the order."""
    run: list[str] = []
    present = ""
    for command, channel in asked:
        if run and (command != present or len(run) >= BATCH):
            yield present, run
            run = []
        present = command
        run.append(channel)
    if run:
        yield present, run
