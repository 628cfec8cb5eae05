"""When what was found is an answer, when it is worth asking back, and when people are better."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Bounds(NamedTuple):
    """Chances that a passage answers: from `sure` on it is shown as the answer, from `likely` on
    it is worth asking what was meant."""

    sure: float
    likely: float


BY_MEANING = Bounds(sure=0.50, likely=0.35)
BY_WORDS = Bounds(sure=0.6, likely=0.5)
"""`sure` by meaning is the bound at which `docs/evaluation.md` measures; where only words were
compared it takes more than that, since near misses say the words too."""

_WORD = re.compile(r"\w+")


class Verdict(StrEnum):
    ANSWER = "answer"
    ASK_BACK = "ask_back"
    HAND_OVER = "hand_over"


def judge(confidence: float, *, by_meaning: bool, first: bool) -> Verdict:
    """What to do with what was found; whoever was asked back once is not asked again."""
    bounds = BY_MEANING if by_meaning else BY_WORDS
    if confidence >= bounds.sure:
        return Verdict.ANSWER
    return Verdict.ASK_BACK if confidence >= bounds.likely and first else Verdict.HAND_OVER


def is_same(question: str, before: Iterable[str]) -> bool:
    """Whether the client asks again what they asked before, in the same words."""
    words = _words(question)
    return any(words == _words(each) for each in before)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
