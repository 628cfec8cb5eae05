"""Bringing what streams owe to the reactors, one worker a stream at a time."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Mapping, Sequence

from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from domain.errors import DomainError
from server.faults import fault
from server.jobs.reactors import Reactor
from server.store.commits import Commit, reactor_work
from server.store.journal import Journal
from server.store.leases import Leases

logger = logging.getLogger(__name__)

LEASE_MS = 10_000
TRIES = 6
PAUSE_SECONDS = 0.05
AT_ONCE = 8
"""How many streams a worker looks after at the same time."""


class Reactions:
    """Runs the reactors, by the name that `pending` has for each."""

    def __init__(self, journal: Journal, leases: Leases, reactors: Mapping[str, Reactor]) -> None:
        self._journal = journal
        self._leases = leases
        self._reactors = {reactor_work(name): reactor for name, reactor in reactors.items()}
        self._under_way: dict[str, bool] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def react_to_all(self, streams: Sequence[str]) -> None:
        """React to several streams, a few at once."""
        await asyncio.gather(*(self.react(stream) for stream in streams))

    async def react(self, stream: str) -> None:
        """Do what a stream's commits owe to reactors; what fails is left to the sweeper."""
        if stream in self._under_way:
            self._under_way[stream] = True
            return
        self._under_way[stream] = True
        try:
            async with self._slots:
                while self._under_way[stream]:
                    self._under_way[stream] = False
                    await self._alone(stream)
        except (PyMongoError, RedisError, OSError, DomainError) as error:
            logger.warning("the work of %s is left for the sweeper: %s", stream, error)
        finally:
            del self._under_way[stream]

    async def _alone(self, stream: str) -> None:
        """React while nobody else does; who has the lease may have looked too early."""
        lease = f"react:{stream}"
        for attempt in range(TRIES):
            token = await self._leases.acquire(lease, LEASE_MS)
            if token is not None:
                try:
                    await self._run(stream)
                finally:
                    await self._leases.forget(lease, token)
                return
            await asyncio.sleep(PAUSE_SECONDS * 2**attempt * random.uniform(0.5, 1))

    async def _run(self, stream: str) -> None:
        commits = await self._journal.owed_by(stream)
        done = [
            work for work, reactor in self._reactors.items() if await _try(reactor, work, commits)
        ]
        fault("after_react")
        if done:
            await self._journal.strike_all([commit.id for commit in commits], done)


async def _try(reactor: Reactor, work: str, commits: Sequence[Commit]) -> bool:
    """Whether a reactor did its part; one that fails does not keep the others."""
    owing = [commit for commit in commits if work in commit.pending]
    if not owing:
        return False
    try:
        await reactor(owing[0].stream, owing)
    except Exception:
        logger.exception("%s failed for %s", work, owing[0].stream)
        return False
    return True
