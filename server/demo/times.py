"""The story's own time: what is told now happened then, and counted then."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from domain.message import Millis
from server.clock import SystemClock
from server.store.connect import Store
from server.store.sequences import next_number

_AT: ContextVar[Millis | None] = ContextVar("at", default=None)
_NUMBER: ContextVar[int | None] = ContextVar("number", default=None)


class StoryClock:
    """Within `told_at` it stands there, for that task and what it starts; else it goes on."""

    def __init__(self) -> None:
        self._system = SystemClock()

    def now(self) -> Millis:
        """The moment that is told of."""
        told = _AT.get()
        return self._system.now() if told is None else told


@contextmanager
def told_at(at: Millis, number: int | None = None) -> Generator[None]:
    """Let commands happen at a moment; a ticket that one opens has `number`, where given."""
    before, numbered = _AT.set(at), _NUMBER.set(number)
    try:
        yield
    finally:
        _AT.reset(before)
        _NUMBER.reset(numbered)


async def story_number(store: Store, name: str) -> int:
    """The number that the story gives to its ticket; where it gives none, the next."""
    told = _NUMBER.get()
    return await next_number(store, name) if told is None else told
