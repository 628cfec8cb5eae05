"""Listens at one server: stays connected, and subscribed to what is wanted of it."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from random import random
from time import monotonic
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from realtime.line import Line, packed
from realtime.options import Options
from realtime.tasks import Tasks

log = logging.getLogger(__name__)

BATCH = 500
CONNECT_WITHIN = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0


class Channel:
    """One channel that somebody here listens to; `confirmed` is set while its server has
    acknowledged the subscription."""

    __slots__ = ("confirmed", "name", "reader", "slot")

    def __init__(self, name: str, slot: int) -> None:
        self.name = name
        self.slot = slot
        self.confirmed = asyncio.Event()
        self.reader: Reader | None = None


class Reader:
    """Has a connection of its own.

    `heard` gets each message with its channel, `broke` the reason for each break, `taken` a
    channel that the server itself gave up, and `healed` hears that all that was lost is back.
    """

    def __init__(
        self,
        redis: Redis,
        options: Options,
        *,
        heard: Callable[[bytes, bytes], None],
        broke: Callable[[Exception], None],
        taken: Callable[[Channel], None],
        healed: Callable[[], None],
    ) -> None:
        self._redis = redis
        self._options = options
        self._heard = heard
        self._broke = broke
        self._taken = taken
        self._healed = healed
        self.away = False
        """Whether the last connection broke, or never came to be."""
        self._channels: dict[str, Channel] = {}
        self._lost: set[str] = set()
        self._pending: Counter[str] = Counter()
        self._answered_at = monotonic()
        self._line: Line | None = None
        self._asked: list[tuple[str, Channel]] = []
        self._heard_at = 0.0
        """When the last word came, by the monotonic clock."""
        self._tasks = Tasks()
        self._tasks.spawn(self._run())

    @property
    def stalled(self) -> bool:
        """Whether the server owes an answer for so long that nobody waits for more."""
        owes = self._line is None or bool(self._pending)
        return owes and monotonic() - self._answered_at > self._options.confirm_within

    @property
    def channels(self) -> Iterable[Channel]:
        return self._channels.values()

    def want(self, channel: Channel) -> None:
        """Listen to a channel, or ask once more to."""
        channel.reader = self
        self._channels[channel.name] = channel
        self._ask("SSUBSCRIBE", channel)

    def lose(self, channel: Channel) -> None:
        """It does not arrive: until it does, messages may go by, and want a check of the heads."""
        channel.confirmed.clear()
        self._lost.add(channel.name)

    def drop(self, channel: Channel) -> None:
        """Listen to it no longer."""
        if self._channels.pop(channel.name, None) is not None:
            channel.confirmed.clear()
            self._found(channel.name)
            self._ask("SUNSUBSCRIBE", channel)

    async def stop(self) -> None:
        await self._tasks.end()

    def _ask(self, command: str, channel: Channel) -> None:
        if self._line is None:
            return  # Everything wanted is asked for on connecting.
        if not self._asked:
            asyncio.get_running_loop().call_soon(self._send_asked)
        self._asked.append((command, channel))

    def _send_asked(self) -> None:
        asked, self._asked = self._asked, []
        if self._line is not None:
            self._send(self._line, asked)

    def _send(self, line: Line, asked: Iterable[tuple[str, Channel]]) -> None:
        """One command for channels of one slot, as a cluster wants it; all in one write."""
        commands: list[bytes] = []
        for command, channels in _runs(asked):
            names = [channel.name for channel in channels]
            commands.append(packed(command, *names))
            if command == "SSUBSCRIBE":
                if not self._pending:
                    self._answered_at = monotonic()
                self._pending.update(names)
        line.send(b"".join(commands))

    # Listening.

    async def _run(self) -> None:
        """Stay connected: listen until it breaks, wait a moment, begin again."""
        delay = FIRST_PAUSE
        while True:
            started = monotonic()
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                log.warning("the bus is away: %r", error)
                self._broke(error)
            lasted = monotonic() - started
            delay = FIRST_PAUSE if lasted > 5.0 else min(LONGEST_PAUSE, delay * 2)
            await asyncio.sleep(delay * (0.5 + random()))

    async def _listen(self) -> None:
        line, self._answered_at = None, monotonic()
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                line = await Line.open(self._redis, self._take)
            self._line, self._asked, self.away = line, [], False
            self._heard_at = monotonic()
            self._lost = set(self._channels)
            self._send(line, [("SSUBSCRIBE", channel) for channel in self._channels.values()])
            raise await self._end_of(line)
        finally:
            self._line, self.away = None, True
            self._pending.clear()
            for channel in self._channels.values():
                channel.confirmed.clear()
            if line is not None:
                line.close()

    async def _end_of(self, line: Line) -> Exception:
        """Why nothing more comes; who is silent is asked, and given up when that does not help."""
        silence, asked_at = self._options.silence, 0.0
        while not line.lost.done():
            wait = max(self._heard_at, asked_at) + silence - monotonic()
            if wait > 0:
                await asyncio.wait([line.lost], timeout=wait)
            elif self._heard_at < asked_at:
                line.fail(RedisTimeoutError("Redis is silent, even when asked"))
            else:
                asked_at = monotonic()
                line.send(packed("PING"))
        return line.lost.result()

    def _take(self, word: Any) -> None:  # noqa: ANN401 - what hiredis parsed
        self._heard_at = monotonic()
        if isinstance(word, Exception):
            assert self._line is not None
            self._line.fail(word)
            return
        match word[0]:
            case b"smessage":
                self._heard(word[1], word[2])
            case b"ssubscribe":
                self._acknowledged(word[1].decode())
            case b"sunsubscribe":
                self._unsubscribed(word[1].decode())
            case _:  # The answer to a ping.
                pass

    def _acknowledged(self, name: str) -> None:
        self._answered_at = monotonic()
        self._pending[name] -= 1
        if self._pending[name] > 0:
            return  # An earlier one's answer confirms nothing.
        del self._pending[name]
        if (channel := self._channels.get(name)) is not None:
            channel.confirmed.set()
            self._found(name)

    def _unsubscribed(self, name: str) -> None:
        channel = self._channels.get(name)
        if channel is not None and channel.confirmed.is_set():
            self.lose(channel)  # The server's own doing: the slot has moved.
            self._taken(channel)

    def _found(self, name: str) -> None:
        if name in self._lost:
            self._lost.remove(name)
            if not self._lost:
                self._healed()


def _runs(asked: Iterable[tuple[str, Channel]]) -> Iterable[tuple[str, list[Channel]]]:
    """Group what is next to each other and alike, by slot; the order of the rest stays."""
    runs: dict[tuple[str, int], list[Channel]] = {}
    present = ""
    for command, channel in asked:
        if command != present:
            yield from _commands(runs)
            present, runs = command, {}
        runs.setdefault((command, channel.slot), []).append(channel)
    yield from _commands(runs)


def _commands(
    runs: dict[tuple[str, int], list[Channel]],
) -> Iterable[tuple[str, list[Channel]]]:
    for (command, _), channels in runs.items():
        for at in range(0, len(channels), BATCH):
            yield command, channels[at : at + BATCH]
