"""How likely a guess is right: what was measured of it, as a chance of 0 to 1.

Fitted on the tuned half of the labelled tickets; `make eval` prints the weights anew.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ai.triage.cues import Cues

CATEGORY_BY_MEANING = {"best": 5.87, "ahead": 3.89, "constant": -1.22}
CATEGORY_BY_WORDS = {"best": 8.67, "ahead": 5.17, "constant": -1.69}
"""Of the best score, and of how far it is ahead of the next."""

NEAREST = 2.0
"""What the likeness to tickets of a priority adds; set by judgement."""

PRIORITIES = ("low", "medium", "high", "urgent")
_CUES = (*Cues._fields, "constant")
_WEIGHTS = {
    "low": (-0.25, -0.61, 0.89, -0.35, 0.68, -1.08, 0.42, 0.62),
    "medium": (-1.02, -0.83, -0.64, -0.64, -0.61, -0.75, 0.04, 2.75),
    "high": (-1.27, 1.17, 0.04, 1.06, -0.07, 1.58, -0.73, -0.60),
    "urgent": (2.54, 0.27, -0.29, -0.07, -0.01, 0.24, 0.27, -2.77),
}
PRIORITY = {name: dict(zip(_CUES, told, strict=True)) for name, told in _WEIGHTS.items()}
"""By priority, what each cue says for it."""


def category_confidence(scores: Mapping[str, float], *, by_meaning: bool) -> float:
    """The chance that the best label is right."""
    weights = CATEGORY_BY_MEANING if by_meaning else CATEGORY_BY_WORDS
    best, ahead = best_and_ahead(scores)
    said = weights["best"] * best + weights["ahead"] * ahead + weights["constant"]
    return 1 / (1 + math.exp(-said))


def best_and_ahead(scores: Mapping[str, float]) -> tuple[float, float]:
    ordered = sorted(scores.values(), reverse=True)
    return ordered[0], ordered[0] - (ordered[1] if len(ordered) > 1 else 0.0)


def priority_chances(cues: Cues, nearest: Mapping[str, float]) -> dict[str, float]:
    """By priority, its chance; `nearest` are the scores of those among labelled examples."""
    told = {**cues._asdict(), "constant": 1.0}
    said = [
        sum(PRIORITY[name][cue] * value for cue, value in told.items())
        + NEAREST * nearest.get(name, 0.0)
        for name in PRIORITIES
    ]
    return dict(zip(PRIORITIES, _shares(said), strict=True))


def _shares(said: Sequence[float]) -> list[float]:
    grown = [math.exp(each - max(said)) for each in said]
    return [each / sum(grown) for each in grown]
