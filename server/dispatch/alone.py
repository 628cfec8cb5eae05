"""One at a time in the whole house: for rules that look at more than one document."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from pymongo.errors import PyMongoError

from domain.errors import Retryable
from domain.ports import Clock
from server.store.connect import Store
from server.store.leases import Leases

HELD_MS = 15_000
"""So long does a holder who died keep the others waiting."""
USABLE_SECONDS = 8.0
"""So long may a holder still begin to write; the rest is for the clocks to differ."""
WAIT_SECONDS = 20.0


class Turn:
    """A holder's time."""

    def __init__(self) -> None:
        self._until = asyncio.get_running_loop().time() + USABLE_SECONDS

    def check(self) -> None:
        """Raise Retryable where too little is left of the turn to write under it."""
        if asyncio.get_running_loop().time() > self._until:
            raise Retryable("This took too long; try it again.")


class Alone:
    """A lease in the store; those of one node also wait for each other, in order."""

    def __init__(self, store: Store, clock: Clock, name: str) -> None:
        self._leases = Leases(store, clock)
        self._name = name
        self._here = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[Turn]:
        """Wait for a turn; raises Retryable where the others do not come to an end."""
        async with self._here:
            token = await self._acquire()
            try:
                yield Turn()
            finally:
                await self._release(token)

    async def _acquire(self) -> int:
        deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
        try:
            while (token := await self._leases.acquire(self._name, HELD_MS)) is None:
                if asyncio.get_running_loop().time() > deadline:
                    raise Retryable("Others are changing settings; try it again.")
                await asyncio.sleep(random.uniform(0.01, 0.05))
        except PyMongoError:
            raise Retryable("The store does not answer; try it again.") from None
        return token

    async def _release(self, token: int) -> None:
        try:
            await self._leases.release(self._name, token)
        except PyMongoError:
            return  # It runs out by itself.
