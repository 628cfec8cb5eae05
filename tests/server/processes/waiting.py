"""Wait for something to be so, up to a deadline."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


async def until(question: Callable[[], T], seconds: float = 15.0) -> T:
    """Ask again and again until the answer is true, and give it; fail at the deadline."""
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, f"not so within {seconds} s: {question}"
        await asyncio.sleep(0.02)
    return answer


def is_alive(pid: int) -> bool:
    """Does this process run? One that ended and waits to be reaped does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
