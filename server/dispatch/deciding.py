"""From a request to the commit that stands for it, whatever other nodes and the network do."""

from __future__ import annotations

import asyncio
import logging
import random

from pymongo.errors import PyMongoError

from domain.audience import rooms_of
from domain.errors import DomainError, Retryable, Stale
from domain.ports import Clock, Log
from domain.process import Step
from domain.ticket.commands import OpenTicket
from server.dispatch.drafting import Draft, draft, draft_refusal
from server.dispatch.facts import FactFinder
from server.dispatch.lanes import Lanes
from server.dispatch.request import Request
from server.store.aggregates import Standing, begin
from server.store.commits import Commit
from server.store.journal import Verdict
from server.store.streams import Streams

logger = logging.getLogger(__name__)

ATTEMPTS = 6
JITTER_SECONDS = 0.01
PATIENCE_SECONDS = 8.0
"""For how long a store that gave no answer is asked again before the sender is told to."""
MISSED_SHOWN = 50
"""The most that a stale reply is told at once of what it missed."""


class Decider:
    """Looks up, allows, decides and commits; within a node, one request a stream at a time."""

    def __init__(
        self, streams: Streams, log: Log, facts: FactFinder, clock: Clock, lanes: Lanes
    ) -> None:
        self._streams = streams
        self._log = log
        self._facts = facts
        self._clock = clock
        self._lanes = lanes

    async def decide(self, request: Request) -> Commit | Draft | Step:
        """A commit that was there already, one made now, or what must be agreed to before.

        What is remembered of a stream may lead to a commit, which fails where it is out of
        date; it never leads to a refusal. Raises DomainError.
        """
        try:
            return await self._decide(request)
        except PyMongoError as error:
            logger.warning("a command to %s was not decided: %s", request.stream, error)
            raise Retryable("The store is out of reach for a moment; ask again.") from None
        except DomainError as refusal:
            if not refusal.retryable:
                await self._facts.let_go(request.command)
            raise

    async def _decide(self, request: Request) -> Commit | Draft | Step:
        drafted: Commit | Draft | Step | None = await self._draft_from_memory(request)
        in_doubt = False
        for attempt in range(ATTEMPTS):
            if drafted is None:
                drafted = await self._draft_from_store(request, in_doubt=in_doubt)
            if not isinstance(drafted, Draft):
                return drafted
            verdict = await self._streams.journal.commit(drafted.commit)
            if verdict is Verdict.COMMITTED:
                self._lanes.remember(drafted.after)
                return drafted
            self._lanes.forget(request.stream)
            drafted = None
            if verdict is Verdict.UNKNOWN:
                in_doubt = True
                await self._wait_for_answer(request)
            else:
                await asyncio.sleep(JITTER_SECONDS * 2**attempt * random.uniform(0.2, 1))
        raise Retryable("Many are changing this at once; ask again.")

    async def _draft_from_memory(self, request: Request) -> Draft | None:
        standing = self._lanes.recall(request.stream)
        if standing is None and isinstance(request.command, OpenTicket):
            # What is about to be created is most likely not there; where it is, the commit fails.
            standing = begin(request.stream) if len(request.streams) == 1 else None
        if standing is None:
            return None
        try:
            drafted = await self._draft(request, standing)
        except DomainError:
            return None
        return drafted if isinstance(drafted, Draft) else None

    async def _draft_from_store(self, request: Request, *, in_doubt: bool) -> Commit | Draft | Step:
        standing = await self._load(request.stream)
        if known := await self._find(request):
            return known
        if isinstance(standing, Retryable):
            raise standing
        try:
            return await self._draft(request, standing)
        except DomainError as refusal:
            if in_doubt:
                # An earlier try may still land, after this one was refused.
                raise Retryable("It is not known whether this happened; ask again.") from None
            if request.step and not refusal.retryable:
                return draft_refusal(request, standing, self._clock.now(), refusal)
            if isinstance(refusal, Stale):
                refusal.fields["missed"] = await self._missed(request, standing, refusal)
            raise

    async def _load(self, stream: str) -> Standing | Retryable:
        """Where a stream stands; or why this release cannot say, which hides no earlier answer."""
        try:
            return await self._streams.headers.load(stream)
        except Retryable as unknown:
            return unknown

    async def _find(self, request: Request) -> Commit | None:
        """The commit that the command led to before; raises CommandIdReused for another's."""
        for stream in request.streams:
            command_id = request.command.command_id
            if known := await self._streams.journal.find_command(stream, command_id):
                request.check_same(known)
                return known
        return None

    async def _draft(self, request: Request, standing: Standing) -> Draft | Step:
        now = self._clock.now()
        facts = await self._facts.find(request.command, request.actor, now, standing.state)
        return draft(request, standing, now, facts)

    async def _wait_for_answer(self, request: Request) -> None:
        """Return once the store answers again; raises Retryable if that takes too long."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE_SECONDS
        pause = JITTER_SECONDS
        while True:
            try:
                await self._find(request)
                return
            except PyMongoError:
                if loop.time() + pause > deadline:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, 1.0)

    async def _missed(
        self, request: Request, standing: Standing, refusal: Stale
    ) -> list[dict[str, object]]:
        """The envelopes that the sender's audience had after what they had seen."""
        room = rooms_of(request.stream)[request.actor.audience]
        head = standing.heads()[room]
        missed = await self._log.read_gap(room, refusal.fields["after"], head)
        return [envelope.model_dump(mode="json") for envelope in missed[-MISSED_SHOWN:]]
