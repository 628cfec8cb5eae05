"""Publishes at one server: what one loop tick says goes out together, and nobody waits."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from time import monotonic

from redis.asyncio import Redis
from redis.exceptions import MovedError, RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from realtime.line import Line, packed
from realtime.options import Counters, Options
from realtime.tasks import Tasks

log = logging.getLogger(__name__)

MAX_OUTGOING = 20_000

Said = tuple[str, bytes]
"""A channel and what is said on it."""


class Speaker:
    """What cannot be published is dropped, and counted; `refused` gets what a server of a cluster
    would not take, with its word on where the slot is now, and `failed` hears of a break."""

    def __init__(
        self,
        redis: Redis,
        options: Options,
        counters: Counters,
        refused: Callable[[Said, MovedError], None],
        failed: Callable[[], None],
    ) -> None:
        self._redis = redis
        self._options = options
        self._counters = counters
        self._refused = refused
        self._failed = failed
        self._outgoing: list[Said] = []
        self._unanswered: deque[Said] = deque()
        """What went out, in the order in which the server answers it."""
        self._answered_at = 0.0
        """When the server answered last, or had answered everything."""
        self._flushing = False
        self._refusing = False
        self._line: Line | None = None
        self._tasks = Tasks()
        self._running: asyncio.Task[None] | None = None
        self._emptied: asyncio.Future[None] | None = None
        """Done once nothing waits any more, where somebody waits for that."""

    def __len__(self) -> int:
        return len(self._outgoing) + len(self._unanswered)

    def say(self, said: Said) -> None:
        """Publish with everything else of this loop tick."""
        self._outgoing.append(said)
        if len(self) > MAX_OUTGOING:
            self._lose(RedisTimeoutError("Redis takes nothing"))
        if not self._flushing:
            self._flushing = True
            asyncio.get_running_loop().call_soon(self._flush)

    async def stop(self) -> None:
        """Publish what waits, then let go."""
        if len(self):
            self._emptied = asyncio.get_running_loop().create_future()
            await asyncio.wait([self._emptied], timeout=self._options.publish_within)
        await self._tasks.end()

    def _flush(self) -> None:
        self._flushing = False
        line = self._line
        if not self._outgoing:
            pass
        elif line is not None:
            if not self._unanswered:
                self._answered_at = monotonic()
            self._unanswered += self._outgoing
            line.send(b"".join([packed("SPUBLISH", *said) for said in self._outgoing]))
            self._outgoing.clear()
        elif self._running is None:
            self._running = self._tasks.spawn(self._run())

    async def _run(self) -> None:
        """Open a line, and see that what is said is answered in time, until it breaks."""
        within, line = self._options.publish_within, None
        try:
            async with asyncio.timeout(within):
                self._line = line = await Line.open(self._redis, self._heard)
            self._flush()
            while not line.lost.done():
                await asyncio.wait([line.lost], timeout=within / 4)
                if self._unanswered and monotonic() - self._answered_at > within:
                    line.fail(RedisTimeoutError("Redis does not answer"))
            self._lose(line.lost.result())
        except (RedisError, OSError) as error:
            self._lose(error)
        finally:
            self._line = self._running = None
            if line is not None:
                line.close()

    def _lose(self, error: Exception) -> None:
        lost = len(self)
        self._outgoing.clear()
        self._unanswered.clear()
        if self._line is not None:
            self._line.fail(error)  # Later answers would be taken for those to later words.
            self._line = None
        self._counters.publishes_lost += lost
        if lost:
            log.warning("%d messages could not be published: %r", lost, error)
        self._failed()

    def _heard(self, answer: object) -> None:
        if not self._unanswered:
            return  # It broke in this very step.
        said = self._unanswered.popleft()
        self._answered_at = monotonic()
        if self._emptied is not None and not len(self) and not self._emptied.done():
            self._emptied.set_result(None)
        if isinstance(answer, int):
            self._counters.published += 1
            self._refusing = False
        elif isinstance(answer, MovedError):
            self._refused(said, answer)
        else:
            self._counters.publishes_lost += 1
            if not self._refusing:  # Of thousands in a row only the first is told.
                self._refusing = True
                log.warning("messages are refused: %r", answer)
                self._failed()
