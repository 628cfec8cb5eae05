"""Sending together what was given in one step of the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

LARGEST = 500


class TickBatch(Generic[Item, Answer]):
    """Everybody's items of one loop step go out in one call; each gets its own answer back.

    `send` takes at most 500 items and returns as many answers in their order; what it raises,
    everybody of that batch gets. Several batches may be under way at once.
    """

    def __init__(
        self, send: Callable[[list[Item]], Awaitable[Sequence[Answer]]], linger: float = 0.0
    ) -> None:
        """`linger`: for how many seconds more items are waited for, where nobody is in a hurry."""
        self._send = send
        self._linger = linger
        self._waiting: list[tuple[Item, asyncio.Future[Answer]]] = []
        self._flights: set[asyncio.Task[None]] = set()

    async def __call__(self, item: Item) -> Answer:
        """The answer to one item."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        if not self._waiting:
            if self._linger:
                loop.call_later(self._linger, self._take_off)
            else:
                loop.call_soon(self._take_off)
        self._waiting.append((item, future))
        return await future

    def _take_off(self) -> None:
        waiting, self._waiting = self._waiting, []
        for start in range(0, len(waiting), LARGEST):
            flight = asyncio.ensure_future(self._fly(waiting[start : start + LARGEST]))
            self._flights.add(flight)
            flight.add_done_callback(self._flights.discard)

    async def _fly(self, waiting: list[tuple[Item, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._send([item for item, _ in waiting])
            for (_, future), answer in zip(waiting, answers, strict=True):
                if not future.done():
                    future.set_result(answer)
        except BaseException as error:  # Whatever it is belongs to those who wait.
            for _, future in waiting:
                if not future.done():
                    future.set_exception(error)
            if not isinstance(error, Exception):
                raise
