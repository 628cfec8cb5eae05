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
LEASE_MS = 10_000
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
            streams = [
                (stream, list(of_stream))
                for stream, of_stream in groupby(commits, lambda commit: commit.stream)
            ]
            for start in range(0, len(streams), AT_ONCE):
                await asyncio.gather(
                    *(
                        self._redo(stream, owing)
                        for stream, owing in streams[start : start + AT_ONCE]
                    )
                )
            if await self._leases.acquire(LEASE, LEASE_MS) is None:
                break
        return seen

    async def _redo(self, stream: str, commits: list[Commit]) -> None:
        """One stream's failure is its own; it is swept again."""
        try:
            if any(not work.startswith(REACT) for each in commits for work in each.pending):
                await self._dispatcher.redo(stream, commits)
            if any(work.startswith(REACT) for each in commits for work in each.pending):
                await self._reactions.react(stream)
        except (PyMongoError, DomainError) as error:
            logger.warning("%s still owes work: %s", stream, error)
