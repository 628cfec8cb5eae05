"""Open cursors: streams of encoded documents that getMore goes on reading."""

from __future__ import annotations

import secrets
from collections.abc import Generator
from dataclasses import dataclass, field
from time import monotonic

from .errors import MongoError
from .pages import PAGE
from .scan import Stream

FIRST_BATCH = 101
MAX_BATCH_BYTES = 16 * 1024 * 1024
IDLE_SECONDS = 600.0


@dataclass(slots=True)
class Cursor:
    """A stream with its place, its owner, and the document that did not fit any more."""

    stream: Stream[bytes]
    namespace: str
    session: bytes | None
    remaining: int | None = None
    id: int = 0
    used_at: float = field(default_factory=monotonic)
    in_use: bool = False
    _ahead: bytes | None = None
    exhausted: bool = False

    def take(self, count: int | None) -> Generator[None, None, list[bytes]]:
        """Up to `count` documents and 16 MB; sets `exhausted` at the end."""
        batch: list[bytes] = []
        size = 0
        if self._ahead is not None and count != 0:
            batch, size, self._ahead = [self._ahead], len(self._ahead), None
        while (count is None or len(batch) < count) and not self._at_limit(batch):
            raw = next(self.stream, b"")
            if raw is None:
                yield
            elif not raw:
                self.exhausted = True
                break
            elif batch and size + len(raw) > MAX_BATCH_BYTES:
                self._ahead = raw
                break
            else:
                batch.append(raw)
                size += len(raw)
                if len(batch) % PAGE == 0:
                    yield
        if self._at_limit(batch):
            self.exhausted = True
        if self.remaining is not None:
            self.remaining -= len(batch)
        self.used_at = monotonic()
        return batch

    def _at_limit(self, batch: list[bytes]) -> bool:
        return self.remaining is not None and len(batch) >= self.remaining


class Cursors:
    """The cursors that are open, by id."""

    def __init__(self) -> None:
        self._open: dict[int, Cursor] = {}

    def keep(self, cursor: Cursor) -> int:
        """Give a cursor its id, hard to guess and never 0."""
        while not cursor.id or cursor.id in self._open:
            cursor.id = secrets.randbits(62)
        self._open[cursor.id] = cursor
        return cursor.id

    def get(self, id: int, namespace: str) -> Cursor:
        cursor = self._open.get(id)
        if cursor is None or cursor.namespace != namespace:
            raise MongoError(43, f"cursor id {id} not found")
        if cursor.in_use:
            raise MongoError(12051, f"cursor id {id} is already in use")
        return cursor

    def close(self, id: int) -> bool:
        return self._open.pop(id, None) is not None

    def close_sessions(self, sessions: set[bytes]) -> None:
        for id in [id for id, c in self._open.items() if c.session in sessions]:
            self.close(id)

    def close_idle(self) -> None:
        """Forget cursors that nobody has read from for ten minutes."""
        oldest = monotonic() - IDLE_SECONDS
        for cursor in [c for c in self._open.values() if c.used_at < oldest]:
            self.close(cursor.id)
