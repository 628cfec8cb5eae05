"""What a child prints: kept in its log file, the last lines also at hand for a report."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from io import FileIO
from pathlib import Path

KEPT_LINES = 50
LARGEST_LOG = 10_000_000  # Bytes; then the log becomes <name>.log.1 and a new one begins.

Listener = Callable[[str, str], None]


class Output:
    """The output of one child, over all its lives."""

    def __init__(self, name: str, folder: Path, listener: Listener | None) -> None:
        self.name = name
        self.path = folder / f"{name}.log"
        self.lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._listener = listener
        self._unfinished = b""
        self._file = self._open()

    def begin(self) -> None:
        """A new life begins: what an earlier one printed says nothing about it."""
        self.lines.clear()
        self._unfinished = b""
        if self._file.tell() > LARGEST_LOG:
            with suppress(OSError):
                self.path.replace(self.path.with_suffix(".log.1"))
                self._file, old = self._open(), self._file
                old.close()

    def feed(self, data: bytes) -> None:
        """Take some bytes of output; lines may be cut anywhere."""
        with suppress(OSError):  # A full disk ends nothing that runs; the last lines are at hand.
            self._file.write(data)
        *whole, self._unfinished = (self._unfinished + data).split(b"\n")
        for line in whole:
            self._add(line)

    def finish(self) -> None:
        """This life is over; a last line may lack its end."""
        if self._unfinished:
            self._add(self._unfinished)
            self._unfinished = b""

    def tail(self, count: int = 10) -> list[str]:
        """The last lines of this life."""
        return list(self.lines)[-count:]

    def close(self) -> None:
        """Close the log file."""
        self._file.close()

    def _open(self) -> FileIO:
        return self.path.open("ab", buffering=0)

    def _add(self, raw: bytes) -> None:
        line = raw.decode(errors="replace").rstrip("\r")
        self.lines.append(line)
        if self._listener:
            self._listener(self.name, line)
