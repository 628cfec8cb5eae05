"""The worker's hands: performs what is owed to the outside, each kind by its own function.

Another kind is added in three places: a function that owes it (a reactor of commits, or for
changes of plain documents an entry in `server/dispatch/owing.py`), a `Perform` that composes what
is sent from what is there then, and its name in the mapping of `server/jobs/run.py`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from pymongo.errors import PyMongoError

from domain.errors import DomainError
from domain.message import Millis
from server.faults import fault
from server.repeating import for_ever
from server.store.effects import LEASE_MS, MOST_TRIES, Effect, Effects, Outcome, dead, failed

logger = logging.getLogger(__name__)

PERFORM_SECONDS = 45.0
"""Less than a lease, so that who is too slow has stopped before another begins."""
AT_ONCE = 4
"""How many a worker performs at the same time."""
EVERY_SECONDS = 1.0
ANYWAY_SECONDS = 30.0
"""After which a hand that nobody called looks for itself."""

Perform = Callable[[Sequence[Effect]], Awaitable[Outcome]]
"""Performs effects of one kind and group together, one or several; what raises is tried again.

It happens at least once: a worker may die between the deed and its note. Whatever can tell
repeats by an id is given that of the first effect.
"""


class Performer:
    """Claims and performs what is due; several loops of several workers may do so at once.

    Kinds that only a newer release knows are left to its workers.
    """

    def __init__(
        self, effects: Effects, kinds: Mapping[str, Perform], lease_ms: Millis = LEASE_MS
    ) -> None:
        self._effects = effects
        self._kinds = kinds
        self._lease_ms = lease_ms

    async def run(self, name: str, hands: int, due: asyncio.Event | None = None) -> None:
        """Perform for ever, so many at a time: one looks what is due, and calls the hands that have
        nothing to do. Who knows of something that is due calls them by `due`."""
        due = due or asyncio.Event()

        async def look() -> None:
            if await self._effects.any_due(self._kinds):
                due.set()

        async with asyncio.TaskGroup() as group:
            group.create_task(for_ever(f"looking for {name}", look, EVERY_SECONDS))
            for _ in range(hands):
                group.create_task(for_ever(name, self.perform_due, ANYWAY_SECONDS, due))

    async def perform_due(self) -> int:
        """Perform until nothing is due; how many were."""
        performed = 0
        while claimed := await self._effects.claim(self._kinds, self._lease_ms):
            # Whoever began those never came to an end.
            cut_off = [each for each in claimed if each.tries > MOST_TRIES]
            await self._end(cut_off, dead("every try was cut off"))
            if others := [each for each in claimed if each.tries <= MOST_TRIES]:
                outcome = await self._perform(others)
                fault("after_perform")
                await self._end(others, outcome)
            performed += len(claimed)
        return performed

    async def _end(self, effects: Sequence[Effect], outcome: Outcome) -> None:
        for effect in effects:
            if not await self._effects.end(effect, outcome):
                logger.warning("%s is another's by now", effect.id)

    async def _perform(self, claimed: Sequence[Effect]) -> Outcome:
        first = claimed[0]
        try:
            async with asyncio.timeout(PERFORM_SECONDS), self._holding(claimed):
                return await self._kinds[first.kind](claimed)
        except TimeoutError:
            return failed(f"not done within {PERFORM_SECONDS:.0f} s")
        except (PyMongoError, DomainError, OSError) as error:
            logger.warning("%s is tried again: %s", first.id, error)
            return failed(type(error).__name__)
        except Exception as error:
            logger.exception("%s failed", first.id)
            return failed(type(error).__name__)

    @asynccontextmanager
    async def _holding(self, claimed: Sequence[Effect]) -> AsyncGenerator[None]:
        """Go on holding what is being performed, where the lease is a short one."""
        if self._lease_ms >= LEASE_MS:
            yield
            return
        holding = asyncio.create_task(self._hold(claimed))
        try:
            yield
        finally:
            holding.cancel()

    async def _hold(self, claimed: Sequence[Effect]) -> None:
        while True:
            await asyncio.sleep(self._lease_ms / 3_000)
            with suppress(PyMongoError):
                await asyncio.gather(
                    *(self._effects.renew(each, self._lease_ms) for each in claimed)
                )
