"""Vectors kept in a file, so that a restart embeds nothing anew: by model and text."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

AT_ONCE = 500


class KeptVectors:
    """A file of this machine. What is in it can always be made again: it may be deleted."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._file = _open(file)
        except sqlite3.OperationalError:
            raise  # No disk, no right to it: that is for people.
        except sqlite3.DatabaseError:
            file.unlink()  # It is no such file any more.
            self._file = _open(file)

    def close(self) -> None:
        self._file.close()

    def get(self, model: str, digests: Sequence[bytes]) -> dict[bytes, Vector]:
        """Those that are kept."""
        found: dict[bytes, Vector] = {}
        for at in range(0, len(digests), AT_ONCE):
            some = digests[at : at + AT_ONCE]
            marks = ",".join("?" * len(some))
            query = f"SELECT digest, vector FROM vectors WHERE model = ? AND digest IN ({marks})"
            for digest, vector in self._file.execute(query, (model, *some)):
                found[digest] = np.frombuffer(vector, np.float32)
        return found

    def put(self, model: str, vectors: Mapping[bytes, Vector]) -> None:
        rows = [(model, digest, vector.tobytes()) for digest, vector in vectors.items()]
        with self._file:
            self._file.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def keep_only(self, model: str, digests: Collection[bytes]) -> None:
        """Let all others go: other models', and of texts that are no more."""
        every = self._file.execute("SELECT model, digest FROM vectors").fetchall()
        gone = [row for row in every if row[0] != model or row[1] not in digests]
        with self._file:
            self._file.executemany("DELETE FROM vectors WHERE model = ? AND digest = ?", gone)


def _open(file: Path) -> sqlite3.Connection:
    opened = sqlite3.connect(file, check_same_thread=False)
    opened.execute("PRAGMA journal_mode = WAL")
    opened.execute("PRAGMA synchronous = NORMAL")
    opened.execute(
        "CREATE TABLE IF NOT EXISTS vectors (model TEXT, digest BLOB, vector BLOB,"
        " PRIMARY KEY (model, digest)) WITHOUT ROWID"
    )
    return opened
