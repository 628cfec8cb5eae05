"""The one way in for every change, and what is done behind it once the commit stands."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any

from pymongo.errors import PyMongoError

from domain.access import Actor
from domain.audience import rooms_of
from domain.catalog import load_command
from domain.document import Change
from domain.errors import CommandIdReused, DomainError, Retryable
from domain.message import Audience, Command, Millis
from domain.ports import Clock, Dispatch, Outcome, Publisher
from domain.process import Step, compensation, then, words_of
from server.dispatch.aftermath import Aftermath
from server.dispatch.begun import Begun
from server.dispatch.deciding import Decider
from server.dispatch.drafting import Draft
from server.dispatch.facts import QUIET_AFTER, FactFinder, FindNearness, Numbers
from server.dispatch.lanes import Lanes
from server.dispatch.promises import Promises
from server.dispatch.request import Request
from server.faults import fault
from server.store.attendance import find_nearness
from server.store.commits import PROJECT, REACT, STEP, Commit, step_work
from server.store.connect import Store
from server.store.log import StoreLog
from server.store.sequences import next_number
from server.store.streams import Streams

logger = logging.getLogger(__name__)


class Dispatcher:
    """Carries out commands on logged streams; those on plain documents it passes on.

    `wake` is told of each stream that has work for the reactors, and must not block; `numbers`
    draws the numbers of new tickets; without `promises` no ticket has clocks; `nearness` says
    whom the router finds there; `streams` are those of the store unless given.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        publisher: Publisher,
        secret: bytes,
        *,
        documents: Dispatch | None = None,
        wake: Callable[[str], None] = lambda _stream: None,
        quiet_after: Millis = QUIET_AFTER,
        numbers: Numbers = next_number,
        promises: Promises | None = None,
        nearness: FindNearness = find_nearness,
        streams: Streams | None = None,
    ) -> None:
        streams = streams or Streams(store)
        self._secret = secret
        self._documents = documents
        self._wake = wake
        self._journal = streams.journal
        self._lanes = Lanes()
        facts = FactFinder(store, streams, quiet_after, numbers, promises, nearness)
        self._decider = Decider(streams, StoreLog(store), facts, clock, self._lanes)
        self._aftermath = Aftermath(streams, publisher, store.epoch)
        self._begun = Begun()

    async def dispatch(self, command: Command, actor: Actor) -> Outcome:
        """Carry out a command once, however often it is asked; raises DomainError."""
        if isinstance(command, Change):
            if self._documents is None:
                raise Retryable("This process does not change plain documents.")
            return await self._documents.dispatch(command, actor)
        request = Request.of_person(command, actor, self._secret)
        commit = await self._begun.carry_out(self._perform(request))
        if refusal := commit.refusal():
            raise refusal
        return Outcome(commit.head(_room_of(commit.stream, actor)), commit.result or {})

    async def redo(self, stream: str, commits: Sequence[Commit]) -> None:
        """Do what some commits of a stream still owe at once, such as a crash left behind."""
        await self._aftermath.redo(stream, commits)
        for commit in commits:
            if any(work.startswith(STEP) for work in commit.pending):
                with suppress(CommandIdReused):
                    await self._take_steps(commit)
        await self._aftermath.settle(commits)

    async def close(self) -> None:
        """Wait for what is under way."""
        await self._begun.end()

    async def _perform(self, request: Request) -> Commit:
        """The commit that answers for a request, an earlier one or a new one."""
        async with self._lanes.alone(request.stream):
            done = await self._decider.decide(request)
            if isinstance(done, Draft):
                told = await self._aftermath.of(done)
                self._after(done.commit, request, told=told)
                return done.commit
        if isinstance(done, Commit):
            if PROJECT in done.pending:  # Whoever made it may not have come further.
                self._behind(self.redo(done.stream, [done]))
                self._wake(done.stream)
            return done
        owed = then(done, request.command, request.actor, request.digest)
        agreed = await self._take(done, owed)
        if agreed.error:
            return agreed
        answer = await self._take_steps(agreed)
        request.check_same(answer)
        return answer

    def _after(self, commit: Commit, request: Request, *, told: bool) -> None:
        if told:
            self._behind(self._aftermath.settle([commit]))
        if commit.steps and not request.owed:  # What is owed to a sender, they carry out.
            self._behind(self._take_steps(commit))
        if any(work.startswith(REACT) for work in commit.pending):
            self._wake(commit.stream)

    async def _take_steps(self, commit: Commit) -> Commit:
        """Carry out the steps that a commit owes, in order; the commit of the last.

        Raises CommandIdReused where the sender used the id of a step for something else: then
        what was held for that step is let go.
        """
        last = commit
        reused: CommandIdReused | None = None
        for raw in commit.steps:
            step = Step.stored(raw)
            try:
                last = await self._take(step)
            except CommandIdReused as error:
                reused = error
                for amends in compensation(load_command(step.command)):
                    await self._take(amends)
            fault("after_step")
            if said := words_of(step):
                await self._journal.forget(commit, said)
            await self._journal.strike(commit, step_work(step.command["command_id"]))
        if reused:
            raise reused
        return last

    async def _take(self, step: Step, *owed: Step) -> Commit:
        """Carry out a step; its refusal is an outcome too, and is kept."""
        return await self._perform(Request.of_step(step, self._secret, owed))

    def _behind(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something that nobody waits for; what fails stays owed, and is swept."""

        async def attempt() -> None:
            try:
                await work
            except (PyMongoError, DomainError) as error:
                logger.warning("left for the sweeper: %s", error)
            except Exception:
                logger.exception("left for the sweeper")

        self._begun.begin(attempt())


def _room_of(stream: str, actor: Actor) -> str:
    rooms = rooms_of(stream)
    return rooms.get(actor.audience, rooms[Audience.STAFF])
