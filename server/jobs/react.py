"""Bringing what streams owe to the reactors, one worker a stream at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from server.faults import fault
from server.jobs.reactors import Owing, Reactor
from server.store.commits import Commit, reactor_work
from server.store.journal import Journal
from server.store.leases import Leases

logger = logging.getLogger(__name__)

LEASE_MS = 5_000
AT_ONCE = 100
"""How many streams are leased and looked after together."""
TRIES = 4
PAUSE_SECONDS = 0.2


class Reactions:
    """Runs the reactors, by the name that `pending` has for each."""

    def __init__(self, journal: Journal, leases: Leases, reactors: Mapping[str, Reactor]) -> None:
        self._journal = journal
        self._leases = leases
        self._reactors = {reactor_work(name): reactor for name, reactor in reactors.items()}
        self._waiting: set[str] = set()
        self._turn = asyncio.Lock()

    async def react(self, streams: Sequence[str]) -> None:
        """Do what streams owe to reactors, together with what others ask for meanwhile.

        What fails is left to the sweeper.
        """
        missing = streams
        for attempt in range(TRIES):
            self._waiting.update(missing)
            async with self._turn:
                missing = await self._drain()
            if not missing:
                return
            # Who has the lease may have looked too early.
            await asyncio.sleep(PAUSE_SECONDS * 2**attempt)

    async def _drain(self) -> list[str]:
        """Take everything that waits; the streams that another worker has."""
        missing: list[str] = []
        while self._waiting:
            streams = [self._waiting.pop() for _ in range(min(AT_ONCE, len(self._waiting)))]
            try:
                leases = [f"react:{stream}" for stream in streams]
                won = await self._leases.acquire_some(leases, LEASE_MS)
                try:
                    await self._run([lease.removeprefix("react:") for lease in won])
                finally:
                    await self._leases.drop(won)
                missing += [each for each in streams if f"react:{each}" not in won]
            except PyMongoError as error:
                logger.warning("%d streams are left for the sweeper: %r", len(streams), error)
        return missing

    async def _run(self, streams: Sequence[str]) -> None:
        commits = await self._journal.owed_by(streams)
        done: dict[str, list[str]] = {}
        for work, reactor in self._reactors.items():
            for commit in await _react(reactor, work, commits):
                done.setdefault(commit.id, []).append(work)
        fault("after_react")
        alike: dict[tuple[str, ...], list[str]] = {}
        for commit_id, works in done.items():
            alike.setdefault(tuple(works), []).append(commit_id)
        for works, ids in alike.items():
            await self._journal.strike_all(ids, works)


async def _react(reactor: Reactor, work: str, commits: Iterable[Commit]) -> list[Commit]:
    """The commits whose turn a reactor took; one that fails does not keep the others."""
    owing: Owing = {
        stream: list(of_stream)
        for stream, of_stream in groupby(
            (commit for commit in commits if work in commit.pending), lambda each: each.stream
        )
    }
    if not owing:
        return []
    try:
        done = await reactor(owing)
    except (PyMongoError, RedisError, OSError) as error:
        logger.warning("%s is left for the sweeper: %r", work, error)
        return []
    except Exception:
        if len(owing) > 1:  # Whatever is wrong with one stream must not keep the others.
            return [each for one in owing.values() for each in await _react(reactor, work, one)]
        logger.exception("%s failed for %s", work, next(iter(owing)))
        return []
    return [commit for stream in done for commit in owing[stream]]
