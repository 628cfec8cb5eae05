"""What follows from commits in other places: rows of feed rooms, counters, erasure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from server.store.commits import Commit


class Reactor(Protocol):
    """Brings a stream's commits to one place; safe to repeat.

    `commits` are those that owe it, in order. What it raises leaves them owing it.
    """

    async def __call__(self, stream: str, commits: Sequence[Commit]) -> None: ...
