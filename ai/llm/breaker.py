"""Leaves a server alone for a while after it failed several times in a row."""

from __future__ import annotations

from time import monotonic

FAILURES = 3
FIRST_SECONDS, LONGEST_SECONDS = 5.0, 120.0


class Breaker:
    """Each further failure doubles how long nobody is let through; one success ends it."""

    def __init__(self) -> None:
        self._failures = 0
        self._until = 0.0

    @property
    def left(self) -> float:
        """Seconds until somebody is let through again; 0 where everybody is."""
        return max(0.0, self._until - monotonic())

    def failed(self) -> None:
        self._failures += 1
        if (beyond := self._failures - FAILURES) >= 0:
            self._until = monotonic() + min(FIRST_SECONDS * 2**beyond, LONGEST_SECONDS)

    def succeeded(self) -> None:
        self._failures, self._until = 0, 0.0
