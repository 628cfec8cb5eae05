"""What follows from commits in other places: rows of feed rooms, counters, erasure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from server.store.commits import Commit

Owing = Mapping[str, Sequence[Commit]]
"""By stream, its commits that owe a reactor's turn, in order; never none."""


class Reactor(Protocol):
    """Brings commits of several streams to one place; safe to repeat."""

    async def __call__(self, owing: Owing) -> Collection[str]:
        """The streams that are done; the others, and all where it raises, go on owing it."""
        ...
