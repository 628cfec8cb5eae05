"""What a process has used, from the process table."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path

PROC = Path("/proc")
PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu_seconds(pid: int) -> float:
    """The CPU time of all threads of a process that still live, to the nanosecond."""
    spent = 0
    for thread in (PROC / str(pid) / "task").iterdir():
        with suppress(FileNotFoundError):
            spent += int((thread / "schedstat").read_text().split()[0])
    return spent / 1e9


def resident_bytes(pid: int) -> int:
    """What a process holds of the machine's memory."""
    return int((PROC / str(pid) / "statm").read_text().split()[1]) * PAGE


@contextmanager
def on_cores(cores: Iterable[int]) -> Generator[None]:
    """Whatever is started meanwhile runs on these cores only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
