"""Whom push reaches: of thousands of browsers few come or go within seconds."""

from __future__ import annotations

from domain.message import Id, Millis
from server.store.connect import Store
from server.store.devices import Devices

EVERY: Millis = 5_000
"""Between two looks at everybody's devices."""


class Reached:
    """Remembers the last look."""

    def __init__(self, store: Store) -> None:
        self._devices = Devices(store)
        self._reached: frozenset[Id] = frozenset()
        self._again_at: Millis = 0

    async def at(self, now: Millis) -> frozenset[Id]:
        """Everybody who is likely to be reached by push."""
        if now >= self._again_at:
            self._reached, self._again_at = await self._devices.reaching(now), now + EVERY
        return self._reached
