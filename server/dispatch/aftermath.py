"""What a commit owes at once: words emptied, rooms told, documents moved on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from pymongo.errors import PyMongoError

from domain.errors import DomainError
from domain.ports import Publisher
from server.dispatch.drafting import Draft
from server.faults import fault
from server.store.commits import PROJECT, PUBLISH, Commit
from server.store.projection import empties
from server.store.streams import Streams

logger = logging.getLogger(__name__)


class Aftermath:
    """Brings commits to the documents and rooms; whatever fails stays in `pending`."""

    def __init__(self, streams: Streams, publisher: Publisher, epoch: str) -> None:
        self._journal = streams.journal
        self._projection = streams.projection
        self._publisher = publisher
        self._epoch = epoch

    async def of(self, draft: Draft) -> bool:
        """Publish a fresh commit and try once to project it; whether both are done.

        Where words must go, they go first, and nothing is published if they could not. The
        commit stands whatever happens here, so that nothing is raised.
        """
        fault("after_commit")
        emptying = empties(draft.events)
        try:
            if not emptying:
                self._publisher.publish(draft.commit.envelopes(self._epoch))
                fault("after_publish")
            await self._projection.project(draft.commit, draft.events, draft.after)
            fault("after_project")
            if emptying:
                self._publisher.publish(draft.commit.envelopes(self._epoch))
        except (PyMongoError, DomainError) as error:
            logger.warning("%s is left for the sweeper: %s", draft.commit.id, error)
            return False
        except Exception:
            logger.exception("%s is left for the sweeper", draft.commit.id)
            return False
        return True

    async def settle(self, commits: Iterable[Commit]) -> None:
        """Strike what `of` or `redo` did, in one update."""
        await asyncio.gather(
            *(self._journal.strike(commit, PROJECT, PUBLISH) for commit in commits)
        )
        fault("after_strike")

    async def redo(self, stream: str, commits: Iterable[Commit]) -> None:
        """Project a stream anew, and tell its rooms of the newest that was not published.

        Older ones need no telling: who missed them sees the hole and reads the log.
        """
        await self._projection.finish(stream)
        newest = {
            room: commit for commit in commits if PUBLISH in commit.pending for room in commit.rooms
        }
        envelopes = (commit.envelope(room, self._epoch) for room, commit in newest.items())
        self._publisher.publish([envelope for envelope in envelopes if envelope is not None])
