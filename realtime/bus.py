"""Between nodes: sharded pub/sub, a channel per room, subscribed while somebody here listens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from enum import Enum
from random import random
from uuid import uuid4

from redis.exceptions import MovedError, RedisError

from realtime.cluster import Address, AnyRedis
from realtime.options import Counters, Options
from realtime.reader import Channel, Reader
from realtime.shards import shards_of
from realtime.speaker import Said, Speaker
from realtime.tasks import Tasks

log = logging.getLogger(__name__)

NODE_BYTES = 16
CONTROL = "control"
BROKEN_SHARDS_EVERY = 0.5
"""How often a cluster is asked for its map while one of its servers is away."""
AT_MOST_EVERY = 0.05


class Kind(bytes, Enum):
    """What a message on a channel is; one byte after the node's id."""

    EVENT = b"e"
    SIGNAL = b"s"
    COMPANY = b"c"
    MARKER = b"m"
    KICK = b"k"
    STREAM = b"t"


Receive = Callable[[str, Kind, bytes], None]


def channel_of(room: str) -> str:
    """The channel of a room; its braces put the room's keys on the same shard."""
    return f"dw1:{{{room}}}"


class Bus:
    """Redis is a wake-up, not a memory: what cannot be published is dropped, and healed.

    `receive` gets what other nodes said. A channel is confirmed while Redis has acknowledged its
    subscription. On a cluster there is one reader and one speaker for each server with slots, and
    channels go where their slots go.
    """

    def __init__(
        self, redis: AnyRedis, receive: Receive, options: Options, counters: Counters
    ) -> None:
        self._shards = shards_of(redis)
        self._receive = receive
        self._options = options
        self._counters = counters
        self._node = uuid4().hex[:NODE_BYTES].encode()
        self._channels: dict[str, Channel] = {}
        self._readers: dict[Address, Reader] = {}
        self._speakers: dict[Address, Speaker] = {}
        self._taken: set[Channel] = set()
        """What a server gave up by itself."""
        self._tasks = Tasks()
        self._stale = False
        """Whether the map of a cluster may be wrong."""
        self._stirred = asyncio.Event()
        self.healed = asyncio.Event()
        """Set when subscriptions are back after a break: heads want a check."""

    async def start(self) -> None:
        self._stale = not await self._look()
        self._listen_to(channel_of(CONTROL))
        self._tasks.spawn(self._follow())

    async def stop(self) -> None:
        """Publish what waits, then let go of the connections."""
        await self._tasks.end()
        await asyncio.gather(*(speaker.stop() for speaker in self._speakers.values()))
        await asyncio.gather(*(reader.stop() for reader in self._readers.values()))
        await self._shards.close()

    # Speaking.

    @property
    def waiting(self) -> int:
        """How many messages have not gone out yet."""
        return sum(map(len, self._speakers.values()))

    def publish(self, room: str, kind: Kind, body: bytes) -> None:
        """Tell the other nodes; goes out with everything else of this loop tick."""
        self._say((channel_of(room), self._node + kind.value + body))

    def _say(self, said: Said) -> None:
        server = self._shards.server_of(said[0])
        if server is None:
            self._counters.publishes_lost += 1
            self._doubt()
        elif (speaker := self._speakers.get(server)) is not None:
            speaker.say(said)
        else:
            self._speaker_at(server).say(said)

    def _speaker_at(self, server: Address) -> Speaker:
        def refused(said: Said, moved: MovedError) -> None:
            self._shards.learn(moved, server)
            self._stirred.set()
            if self._shards.server_of(said[0]) == server:
                self._counters.publishes_lost += 1  # It sends us round in circles.
            else:
                self._say(said)

        speaker = Speaker(
            self._shards.client_of(server),
            self._options,
            self._counters,
            refused=refused,
            failed=self._doubt,
        )
        self._speakers[server] = speaker
        return speaker

    # Subscribing.

    async def subscribe(self, room: str) -> bool:
        """Listen to a room; True once Redis acknowledged it, False if that takes too long."""
        name = channel_of(room)
        channel = self._channels.get(name) or self._listen_to(name)
        if channel.confirmed.is_set():
            return True
        reader = channel.reader
        if reader is None or reader.away or reader.stalled:
            return False
        try:
            async with asyncio.timeout(self._options.confirm_within):
                await channel.confirmed.wait()
        except TimeoutError:
            if not channel.confirmed.is_set() and channel.reader is not None:
                channel.reader.lose(channel)
        return channel.confirmed.is_set()

    def unsubscribe(self, room: str) -> None:
        channel = self._channels.pop(channel_of(room), None)
        if channel is not None and channel.reader is not None:
            channel.reader.drop(channel)

    def confirmed(self, room: str) -> bool:
        """Whether the room's messages arrive here now."""
        channel = self._channels.get(channel_of(room))
        return channel is not None and channel.confirmed.is_set()

    def _listen_to(self, name: str) -> Channel:
        channel = self._channels[name] = Channel(name, self._shards.slot_of(name))
        server = self._shards.server_of(name)
        if server is None:
            self._doubt()
        else:
            self._reader_at(server).want(channel)
        return channel

    def _reader_at(self, server: Address) -> Reader:
        reader = self._readers.get(server)
        if reader is None:

            def broke(error: Exception) -> None:
                if isinstance(error, MovedError):
                    self._shards.learn(error, server)
                    self._stirred.set()
                else:
                    self._doubt()

            def taken(channel: Channel) -> None:
                self._taken.add(channel)
                self._doubt()

            reader = self._readers[server] = Reader(
                self._shards.client_of(server),
                self._options,
                heard=self._message,
                broke=broke,
                taken=taken,
                healed=self.healed.set,
            )
        return reader

    def _message(self, channel: bytes, message: bytes) -> None:
        self._counters.received += 1
        if message.startswith(self._node):
            return  # Delivered here already, when it was published.
        try:
            room = channel[len("dw1:{") : -1].decode()
            kind = Kind(message[NODE_BYTES : NODE_BYTES + 1])
            self._receive(room, kind, message[NODE_BYTES + 1 :])
        except Exception:
            log.exception("a message on %s was not understood", channel)

    # Following a cluster's map.

    def _doubt(self) -> None:
        self._stale = True
        self._stirred.set()

    async def _follow(self) -> None:
        """Look at the map where there is reason to, and now and then; go where it says."""
        while True:
            broken = self._stale or any(reader.away for reader in self._readers.values())
            every = BROKEN_SHARDS_EVERY if broken else self._options.shards_every
            try:
                async with asyncio.timeout(every * (0.75 + random() / 2)):
                    await self._stirred.wait()
            except TimeoutError:
                self._stale = True
            self._stirred.clear()
            if self._stale:
                self._stale = not await self._look()
            self._arrange()
            await asyncio.sleep(AT_MOST_EVERY)

    async def _look(self) -> bool:
        try:
            await self._shards.refresh()
        except (RedisError, OSError) as error:
            log.warning("the cluster shows no map: %r", error)
            return False
        return True

    def _arrange(self) -> None:
        """Every channel to the reader of its server; nobody stays with a server without slots."""
        for name, channel in self._channels.items():
            server = self._shards.server_of(name)
            if server is None:
                continue
            reader = self._reader_at(server)
            if channel.reader is not reader:
                if channel.reader is not None:
                    channel.reader.drop(channel)
                reader.want(channel)
                reader.lose(channel)
            elif channel in self._taken:
                reader.want(channel)
        self._taken.clear()
        present = set(self._shards.servers())
        for of_server in (self._readers, self._speakers):
            for server in set(of_server) - present:
                self._tasks.spawn(of_server.pop(server).stop())
