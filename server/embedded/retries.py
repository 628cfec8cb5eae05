"""Retryable writes: the answer of a numbered write is kept in the transaction of the write."""

from __future__ import annotations

import sqlite3
import time

from .documents import as_integer, decode, encode
from .engine import Request, Steps
from .errors import MongoError

KEEP_SECONDS = 30 * 60


def once(connection: sqlite3.Connection, request: Request, job: Steps) -> Steps:
    """Run a write, or give the stored answer if this session has run it before."""
    if request.session is None:
        raise MongoError(72, "Transaction number requires a session ID to also be specified")
    number = as_integer(request.body["txnNumber"], "txnNumber")
    query = "SELECT txn, reply FROM answers WHERE lsid = ?"
    kept, answer = connection.execute(query, (request.session,)).fetchone() or (-1, b"")
    if kept > number:
        raise MongoError(225, f"Cannot start transaction {number}: {kept} has already started")
    if kept == number:
        if not answer:
            raise MongoError(217, "the answer of this write was forgotten by a compaction")
        return decode(answer)
    reply = yield from job
    connection.execute(
        "REPLACE INTO answers VALUES (?, ?, ?, ?)",
        (request.session, number, encode(reply), int(time.time())),
    )
    return reply


def forget_answers(connection: sqlite3.Connection) -> None:
    """Forget what was answered, which may hold documents, but not that it was."""
    connection.execute("UPDATE answers SET reply = x''")


def forget_old(connection: sqlite3.Connection) -> Steps:
    """A job that forgets answers which no driver will ask for again."""
    connection.execute("DELETE FROM answers WHERE at < ?", (int(time.time()) - KEEP_SECONDS,))
    return
    yield
