"""Retryable writes: the answer of a numbered write is kept in the transaction of the write."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Generator
from typing import Any

from .documents import Document, as_integer, decode, encode
from .errors import MongoError

KEEP_SECONDS = 30 * 60


def once(
    connection: sqlite3.Connection,
    session: bytes | None,
    body: Document,
    job: Generator[None, None, Document],
) -> Generator[None, None, Document]:
    """Run a write, or give the stored answer if this session has run it before."""
    if session is None:
        raise MongoError(72, "Transaction number requires a session ID to also be specified")
    number = as_integer(body["txnNumber"], "txnNumber")
    statement = as_integer(body.get("stmtId", 0), "stmtId")
    rows = connection.execute(
        "SELECT stmt, txn, reply FROM retries WHERE lsid = ?", (session,)
    ).fetchall()
    for kept, kept_number, reply in rows:
        if kept_number > number:
            raise MongoError(
                225, f"Cannot start transaction {number}: {kept_number} has already started"
            )
        if (kept, kept_number) == (statement, number):
            if not reply:
                raise MongoError(217, "the answer of this write was forgotten by a compaction")
            return decode(reply)
    reply = yield from job
    if any(kept != statement and kept_number < number for kept, kept_number, _ in rows):
        connection.execute("DELETE FROM retries WHERE lsid = ?", (session,))
    connection.execute(
        "REPLACE INTO retries VALUES (?, ?, ?, ?, ?)",
        (session, statement, number, encode(reply), int(time.time())),
    )
    return reply


def forget_values(connection: sqlite3.Connection) -> None:
    """Forget the documents in stored answers, but not that answers were given."""
    for session, statement, reply in connection.execute(
        "SELECT lsid, stmt, reply FROM retries"
    ).fetchall():
        if reply and isinstance(decode(reply).get("value"), dict):
            connection.execute(
                "UPDATE retries SET reply = x'' WHERE lsid = ? AND stmt = ?", (session, statement)
            )


def forget_old(connection: sqlite3.Connection) -> Generator[None, None, Any]:
    """A job that forgets answers which no driver will ask for again."""
    connection.execute("DELETE FROM retries WHERE at < ?", (int(time.time()) - KEEP_SECONDS,))
    return None
    yield
