"""Group commit: the writes of a loop tick share one transaction and one fsync.

Jobs run one after another on the writing connection. Their answers leave only when the
transaction that holds them is durable; meanwhile the next jobs queue up, and readers on
their own connection see what is committed and nothing else.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Generator
from functools import partial
from queue import SimpleQueue
from threading import Thread
from time import perf_counter
from typing import Any

from .documents import Value, too_deep
from .errors import MongoError
from .storage import Store

Job = Generator[None, None, Any]
Work = Job | Callable[[], Any]
Done = Callable[[Any], None]

SLICE = 0.004
MAX_BATCH = 500
# After these, what the kernel holds of the file is unknown: only a new start can tell.
_FATAL = {"SQLITE_IOERR_FSYNC", "SQLITE_IOERR_DIR_FSYNC", "SQLITE_CORRUPT", "SQLITE_NOTADB"}
_log = logging.getLogger(__name__)


class Writer:
    """Runs write jobs in batches; `fail` is called when the store may not go on."""

    def __init__(self, store: Store, fail: Callable[[str], None]) -> None:
        self._store = store
        self._fail = fail
        self._loop = asyncio.get_running_loop()
        self._handed: SimpleQueue[tuple[Callable[[], Any], Done] | None] = SimpleQueue()
        self._thread = Thread(target=self._in_turn, name="commit", daemon=True)
        self._thread.start()
        self._queue: deque[tuple[Work, Done]] = deque()
        self._running: Job | None = None
        self._finished: list[tuple[Done, Any]] = []
        self._changes = 0
        self._busy = False
        self._idle = asyncio.Event()
        self._idle.set()

    def submit(self, work: Work, done: Done) -> None:
        """Queue a job, or a function that runs in the commit thread outside of transactions.

        `done` gets the result, or the exception, once it is durable.
        """
        self._queue.append((work, done))
        self._idle.clear()
        if not self._busy:
            self._busy = True
            self._loop.call_soon(self._run)

    async def drain(self) -> None:
        """Wait until nothing is queued and everything is answered."""
        await self._idle.wait()

    def close(self) -> None:
        self._handed.put(None)
        self._thread.join()

    def _run(self) -> None:
        until = perf_counter() + SLICE
        while self._queue and len(self._finished) < MAX_BATCH:
            work, done = self._queue[0]
            if callable(work):
                if not self._finished:
                    done = self._queue.popleft()[1]
                    self._handed.put((work, partial(self._ended, done)))
                    return
                break
            if not self._advance(work, done, until):
                self._loop.call_soon(self._run)  # Readers first; the job goes on after them.
                return
            if perf_counter() > until:
                break
        self._commit()

    def _advance(self, job: Job, done: Done, until: float) -> bool:
        """Run a job for its slice of time; True when it has ended."""
        try:
            if self._running is None:
                self._begin()
                self._running = self._in_savepoint(job)
            while perf_counter() < until:
                next(self._running)
            return False
        except StopIteration as end:
            outcome: Value = end.value
        except Exception as error:
            outcome = told(error)
            if not self._store.writer.connection.in_transaction:
                self._lose_batch(outcome)
        self._running = None
        self._queue.popleft()
        self._finished.append((done, outcome))
        return True

    def _in_savepoint(self, job: Job) -> Job:
        with self._store.savepoint("job"):
            return (yield from job)

    def _begin(self) -> None:
        connection = self._store.writer.connection
        if not connection.in_transaction:
            connection.execute("BEGIN IMMEDIATE")
            self._changes = connection.total_changes

    def _commit(self) -> None:
        connection = self._store.writer.connection
        finished, self._finished = self._finished, []

        def answer(outcome: Value) -> None:
            self._committed(finished, outcome)

        if self._store.catalog_changed or connection.total_changes == self._changes:
            # Readers must never see dropped tables with an old catalog: no thread, one step.
            try:
                answer(_commit(connection))
            except sqlite3.Error as error:
                answer(error)
        else:
            self._handed.put((lambda: _commit(connection), answer))

    def _in_turn(self) -> None:
        """The commit thread: what waits for the disk waits here, and not in the loop."""
        while (handed := self._handed.get()) is not None:
            work, done = handed
            try:
                outcome: Any = work()
            except Exception as error:
                outcome = error
            self._loop.call_soon_threadsafe(done, outcome)

    def _committed(self, finished: list[tuple[Done, Any]], outcome: Value) -> None:
        if isinstance(outcome, Exception):
            finished = [(done, told(outcome)) for done, _ in finished]
            connection = self._store.writer.connection
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            self._store.forget_changes()
            if getattr(outcome, "sqlite_errorname", "") in _FATAL:
                self._fail(f"the disk failed: {outcome}")
        else:
            self._store.publish_catalog()
        self._next(finished)

    def _ended(self, done: Done, outcome: Value) -> None:
        self._next([(done, outcome)])

    def _next(self, finished: list[tuple[Done, Any]]) -> None:
        for done, outcome in finished:
            done(outcome)
        if self._queue:
            self._loop.call_soon(self._run)
        else:
            self._busy = False
            self._idle.set()

    def _lose_batch(self, error: MongoError) -> None:
        """SQLite has rolled back the whole transaction by itself: nobody's write stands."""
        self._store.forget_changes()
        self._finished = [(done, error) for done, _ in self._finished]


def _commit(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("COMMIT")


def told(error: Exception) -> MongoError:
    """What a client is told of an exception."""
    if isinstance(error, MongoError):
        return error
    if isinstance(error, sqlite3.Error):
        return _of_disk(error)
    if isinstance(error, RecursionError):
        return too_deep()
    _log.error("a command failed by a defect of the store", exc_info=error)
    return MongoError(1, f"internal error: {error!r}")


def _of_disk(error: sqlite3.Error) -> MongoError:
    """SQLite's trouble; nothing was applied,

    save for a failed fsync (91): there the outcome is unknown, and the store stops.
    """
    name = getattr(error, "sqlite_errorname", "") or type(error).__name__
    if "no such table" in str(error):
        return MongoError(175, "the collection or index was dropped while it was read")
    if name in _FATAL:
        return MongoError(91, f"the disk failed, the store stops: {name} {error}")
    if name in ("SQLITE_FULL", "SQLITE_IOERR_WRITE"):
        return MongoError(14031, f"cannot write to the disk: {name} {error}")
    return MongoError(8, f"storage error: {name} {error}")
