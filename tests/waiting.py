"""Waiting for something to be so, instead of sleeping."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

HEAL_SECONDS = 10.0
"""What the product promises: so long after a fault everybody has everything."""
ANSWER_SECONDS = 60.0
"""So long may a request take where a machine has other work; httpx itself gives up after five."""


async def until(true: Callable[[], bool], what: str, seconds: float = HEAL_SECONDS) -> None:
    """Wait until something is so; fails with what it was where it does not become so."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not true():
        assert asyncio.get_running_loop().time() < deadline, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.02)
