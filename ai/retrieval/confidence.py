"""How likely the best passage answers: what was measured of it, as a chance of 0 to 1."""

from __future__ import annotations

import math
from typing import NamedTuple


class Signals(NamedTuple):
    """What is known of the best passage, each of 0 to 1."""

    by_meaning: bool
    likeness: float
    """Of meaning, between question and passage."""
    words: float
    """How much of the question's words the passage says, as BM25 counts."""
    said: float
    """How much of what the question says its article says at all; read where words alone count."""


# Logistic regressions on the first half of the company's questions; `make eval` prints them anew.
BY_MEANING = {"likeness": 12.70, "constant": -5.90}
BY_WORDS = {"words": 2.95, "said": 0.49, "constant": -1.13}


def confidence(signals: Signals | None) -> float:
    """The chance that the best passage answers; 0 where there is none."""
    if signals is None:
        return 0.0
    weights = BY_MEANING if signals.by_meaning else BY_WORDS
    told = {**signals._asdict(), "constant": 1.0}
    return 1 / (1 + math.exp(-sum(weight * told[name] for name, weight in weights.items())))
