"""What was promised, as a node knows it: every policy and calendar, in memory, after the store.

A decision asks no store for them. What this node changes counts from its next decision on; what
another changed is known within `EVERY_SECONDS`, and who decided by what was known before is put
right by the recalculation that every change owes (server/jobs/recalculating.py).
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from domain.ports import Clock
from domain.sla.book import EMPTY, Book
from domain.sla.calendar import Calendar
from domain.sla.policy import Policy
from domain.sla.state import Sla
from server.dispatch.documents import Made
from server.holidays import times_of
from server.repeating import for_ever
from server.store.connect import Store
from server.store.documents import find, versions

EVERY_SECONDS = 2.0
KINDS = ("calendar", "policy")
ASKED_AGAIN_SECONDS = 1.0
"""How often at most the store is asked for a policy that is not known here."""

_Seen = tuple[dict[str, int], dict[str, int], int]


class Promises:
    """Keeps the book."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._book = EMPTY
        self._seen: _Seen | None = None
        self._stale = True
        self._changed = asyncio.Event()
        self._turn = asyncio.Lock()
        self._asked_again = 0.0

    def listen(self, made: Made) -> None:
        """Called after each change that this node made."""
        if made.command.kind in KINDS:
            self._stale = True
            self._changed.set()

    async def run(self) -> None:
        """Follow the store for ever."""
        await for_ever("the policies", self.refresh, EVERY_SECONDS, self._changed)

    async def book(self, sla: Sla | None = None) -> Book:
        """What is promised; looked up anew where a ticket's clocks go by something newer."""
        if self._stale or (sla is not None and self._is_behind(sla)):
            await self.refresh()
        return self._book

    async def refresh(self) -> None:
        """Take in what changed; a new year has other holidays."""
        async with self._turn:
            self._stale = False
            try:
                await self._take_in()
            except BaseException:
                self._stale = True
                raise

    async def _take_in(self) -> None:
        year = datetime.fromtimestamp(self._clock.now() // 1000, UTC).year
        policies = await versions(self._store, Policy)
        calendars = await versions(self._store, Calendar)
        seen = (policies, calendars, year)
        if seen == self._seen:
            return
        times = await times_of(await find(self._store, Calendar), year)
        self._book = Book(await find(self._store, Policy), times)
        self._seen = seen

    def _is_behind(self, sla: Sla) -> bool:
        """Whether clocks go by a policy that is not known here; asked for now and then only, since
        it may be gone."""
        if sla.policy_id is None:
            return False
        policy = self._book.policy(sla.policy_id)
        known = policy is not None and policy.version >= sla.policy_version
        loop_time = asyncio.get_running_loop().time()
        if known or loop_time < self._asked_again:
            return False
        self._asked_again = loop_time + ASKED_AGAIN_SECONDS
        return True
