"""Has the router look at once, where a ticket came to wait or somebody has more room."""

from __future__ import annotations

from collections.abc import Callable, Collection

from server.jobs.reactors import Owing


class Looking:
    """`marked` is told; what it would find too early is found by its next look anyway."""

    def __init__(self, marked: Callable[[], None]) -> None:
        self._marked = marked

    async def __call__(self, owing: Owing) -> Collection[str]:
        self._marked()
        return owing.keys()
