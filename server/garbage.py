"""When Python looks for garbage: often among what is young, seldom through what thousands keep.

Left to itself, it looks through everything that connections keep whenever their number grew by a
quarter (89 ms at 9,500 of them), and a sixth of a busy node's time went into looking.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from time import monotonic
from typing import Any

YOUNG = 5_000
"""New objects after which the young ones are looked through; ten times that, those that stayed."""
LOOK_EVERY = 60.0
ANYWAY_EVERY = 6 * 3600.0
"""Seconds after which everything is looked through however many are here: circles that were put
aside while they lived must not pile up on a node that is never left."""


def begin() -> None:
    """Put aside what is loaded by now, and from now on whatever stayed for a while.

    What was put aside goes when nothing refers to it any more, as everything does in Python; only
    what refers to itself in a circle waits for `Cleaning`.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10)
    if _put_aside not in gc.callbacks:
        gc.callbacks.append(_put_aside)


def end() -> None:
    """Let Python do as it does."""
    gc.callbacks.remove(_put_aside)
    gc.set_threshold(700, 10, 10)
    gc.unfreeze()


def _put_aside(phase: str, info: dict[str, Any]) -> None:
    if phase == "stop" and info["generation"] == 1:
        gc.freeze()  # In no time, however much it is; and the oldest are never looked through.


class Cleaning:
    """Looks through everything when half of those who were here have left: then there may be
    much to find, and it takes half as long; and now and then anyway. `present` tells how many
    there are, `clock` the seconds that pass."""

    def __init__(self, present: Callable[[], int], clock: Callable[[], float] = monotonic) -> None:
        self._present = present
        self._clock = clock
        self._most = 0
        self._looked_at = clock()

    async def run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self.look()

    def look(self) -> None:
        present = self._present()
        self._most = max(self._most, present)
        anyway = self._clock() - self._looked_at >= ANYWAY_EVERY
        if anyway or present < self._most / 2:
            self._most, self._looked_at = present, self._clock()
            gc.unfreeze()
            gc.collect()
            gc.freeze()
