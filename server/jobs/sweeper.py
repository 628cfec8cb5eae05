"""Redoes what was left behind: by a crash, a lost job, a store that was away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from itertools import groupby
from typing import Protocol

from pymongo.errors import PyMongoError

from domain.errors import DomainError
from domain.message import Millis
from domain.ports import Clock
from server.jobs.react import Reactions
from server.store.commits import REACT, Commit
from server.store.journal import Journal
from server.store.leases import Leases

logger = logging.getLogger(__name__)

LEASE = "sweeper"
LEASE_MS = 5_000
EVERY_SECONDS = 2.0
OLDER_THAN: Millis = 3_000
"""What is younger is most likely being done."""
PAGE = 500
AT_ONCE = 8


class Redo(Protocol):
    """What a dispatcher does again for commits of one stream."""

    async def redo(self, stream: str, commits: Sequence[Commit]) -> None: ...


class Sweeper:
    """One at a time among all workers."""

    def __init__(
        self, journal: Journal, leases: Leases, dispatcher: Redo, reactions: Reactions, clock: Clock
    ) -> None:
        self._journal = journal
        self._leases = leases
        self._dispatcher = dispatcher
        self._reactions = reactions
        self._clock = clock

    async def sweep(self) -> int:
        """Look through everything owed for long; how many commits were looked at."""
        if await self._leases.acquire(LEASE, LEASE_MS) is None:
            return 0
        seen = 0
        beyond = ""
        while commits := await self._journal.owed(self._clock.now() - OLDER_THAN, beyond, PAGE):
            seen += len(commits)
            beyond = commits[-1].stream
            by_stream = {
                stream: list(of_stream)
                for stream, of_stream in groupby(commits, lambda commit: commit.stream)
            }
            await self._redo_all([*by_stream.items()])
            reacting = [
                stream for stream, owing in by_stream.items() if _owes(owing, reactions=True)
            ]
            await self._reactions.react(reacting)
            if await self._leases.acquire(LEASE, LEASE_MS) is None:
                break
        return seen

    async def _redo_all(self, streams: Sequence[tuple[str, list[Commit]]]) -> None:
        behind = [each for each in streams if _owes(each[1], reactions=False)]
        for start in range(0, len(behind), AT_ONCE):
            some = behind[start : start + AT_ONCE]
            await asyncio.gather(*(self._redo(stream, commits) for stream, commits in some))

    async def _redo(self, stream: str, commits: list[Commit]) -> None:
        """One stream's failure is its own; it is swept again."""
        try:
            await self._dispatcher.redo(stream, commits)
        except (PyMongoError, DomainError) as error:
            logger.warning("%s still owes work: %s", stream, error)


def _owes(commits: Sequence[Commit], *, reactions: bool) -> bool:
    """Whether commits owe work to reactors, or any other."""
    return any(work.startswith(REACT) is reactions for each in commits for work in each.pending)
