"""What the figures of repeated pairs say: the median of their ratios, and how far they spread."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple


class Spread(NamedTuple):
    """Some figures: their median, the least and the greatest."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Spread:
        return cls(median(figures), min(figures), max(figures))


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """How many times theirs ours is, in each pair that was measured side by side."""
    return Spread.of([mine / other for mine, other in zip(ours, theirs, strict=True)])
