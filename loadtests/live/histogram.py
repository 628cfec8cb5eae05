"""Latencies counted by size: small, exact to 2 %, and two of them can be added."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

_STEP = math.log(1.02)


class Histogram:
    """How many measurements fell into which size, in milliseconds."""

    def __init__(self, counts: Mapping[int, int] | None = None) -> None:
        self.counts = Counter(counts or {})

    def add(self, ms: float) -> None:
        """Count one measurement; below a tenth of a millisecond is the same as that."""
        self.counts[math.ceil(math.log(max(ms, 0.1)) / _STEP)] += 1

    def merge(self, other: Histogram) -> None:
        self.counts.update(other.counts)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def quantile(self, share: float) -> float | None:
        """The size that so many are not above, 0.99 for p99; None where nothing was measured."""
        wanted = math.ceil(self.total * share)
        seen = 0
        for size in sorted(self.counts):
            seen += self.counts[size]
            if seen >= wanted:
                return math.exp(size * _STEP)
        return None

    def columns(self, edges: list[float]) -> list[int]:
        """How many were above the edge before and not above each edge; the last column is open."""
        columns = [0] * (len(edges) + 1)
        for size, count in self.counts.items():
            ms = math.exp(size * _STEP)
            columns[sum(ms > edge for edge in edges)] += count
        return columns
