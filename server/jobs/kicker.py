"""Telling the workers which streams have work, in one message for many commits."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from redis.exceptions import RedisError
from taskiq import AsyncBroker
from taskiq.exceptions import TaskiqError
from taskiq.kicker import AsyncKicker

logger = logging.getLogger(__name__)

TASK = "streams_have_work"
LINGER_SECONDS = 0.02
SEND_SECONDS = 5.0


class Kicker:
    """`wake` returns at once; what cannot be sent is left to the sweeper."""

    def __init__(self, broker: AsyncBroker) -> None:
        self._kicker: AsyncKicker[Any, Any] = AsyncKicker(TASK, broker, labels={})
        self._waiting: set[str] = set()
        self._sending: asyncio.Task[None] | None = None

    def wake(self, stream: str) -> None:
        """Say that a stream has work, soon, and together with others."""
        self._waiting.add(stream)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.ensure_future(self._send())

    async def close(self) -> None:
        """Send what waits."""
        if self._sending is not None:
            await self._sending

    async def _send(self) -> None:
        while self._waiting:
            await asyncio.sleep(LINGER_SECONDS)
            streams, self._waiting = sorted(self._waiting), set()
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await self._kicker.kiq(streams)
            except (TaskiqError, RedisError, OSError) as error:
                logger.warning("%d streams are left for the sweeper: %r", len(streams), error)
