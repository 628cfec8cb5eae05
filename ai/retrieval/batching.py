"""One model for many who ask: texts of all of them go through it together, questions first."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from ai.retrieval.embedding import Embedder, Vectors

MOST, MOST_PATIENT = 32, 8
"""Texts in one run. A question that comes now waits for one run of those that can wait."""


@dataclass(slots=True)
class _Asked:
    text: str
    answer: asyncio.Future[Vectors]


class Batching:
    """Runs an embedder on a thread of its own, so that the loop goes on meanwhile."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self._urgent: deque[_Asked] = deque()
        self._patient: deque[_Asked] = deque()
        self._thread = ThreadPoolExecutor(1, "embedding")
        self._working: asyncio.Task[None] | None = None

    async def embed(self, texts: Sequence[str], *, urgent: bool = True) -> Vectors:
        """The vectors of some texts; those that are not urgent come behind all that are."""
        if not texts:
            return np.zeros((0, self.embedder.dimensions), np.float32)
        loop = asyncio.get_running_loop()
        asked = [_Asked(text, loop.create_future()) for text in texts]
        (self._urgent if urgent else self._patient).extend(asked)
        if self._working is None or self._working.done():
            self._working = loop.create_task(self._work())
        try:
            return np.stack(await asyncio.gather(*(each.answer for each in asked)))
        finally:
            for each in asked:  # Who has gone, or failed, waits for none of them.
                each.answer.cancel()

    async def close(self) -> None:
        if self._working is not None:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)
        for each in (*self._urgent, *self._patient):
            each.answer.cancel()
        await asyncio.to_thread(self._thread.shutdown)

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while batch := self._next():
            texts = [each.text for each in batch]
            try:
                vectors = await loop.run_in_executor(self._thread, self.embedder.embed, texts)
            except Exception as failure:
                for each in batch:
                    if not each.answer.done():
                        each.answer.set_exception(failure)
                continue
            for each, vector in zip(batch, vectors, strict=True):
                if not each.answer.done():
                    each.answer.set_result(vector)

    def _next(self) -> list[_Asked]:
        """The texts of the next run: urgent ones alone, as long as there are any."""
        return _take(self._urgent, MOST) or _take(self._patient, MOST_PATIENT)


def _take(waiting: deque[_Asked], most: int) -> list[_Asked]:
    """The first for whom somebody still waits."""
    batch: list[_Asked] = []
    while waiting and len(batch) < most:
        each = waiting.popleft()
        if not each.answer.done():
            batch.append(each)
    return batch
