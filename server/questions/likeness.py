"""Questions that ask the same: by their meaning where that is known, else by their words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from tantivy import TextAnalyzer

from ai.retrieval.bm25 import analyzer_of
from ai.retrieval.embedding import Vectors
from ai.retrieval.questions import Questions
from ai.retrieval.reading import WORD

SAME_MEANING = 0.62
"""Of all-MiniLM-L6-v2: two ways to ask for one thing are alike by more, two things by less."""
SAME_WORDS = 0.5


class Likened(NamedTuple):
    """A question as it is compared. `meaning` is a vector of length 1 by the model `model`."""

    id: str
    text: str
    language: str
    model: str = ""
    meaning: Vectors | None = None


def grouped(questions: Iterable[Likened]) -> list[list[Likened]]:
    """Each with the first that asks the same; the groups in the order of their first ones."""
    groups: list[list[Likened]] = []
    for question in questions:
        alike = ((_likeness(question, group[0]), group) for group in groups)
        best = max(alike, key=lambda each: each[0], default=(0.0, None))
        if best[1] is not None and best[0] >= 1.0:
            best[1].append(question)
        else:
            groups.append([question])
    return groups


def _likeness(one: Likened, other: Likened) -> float:
    """From 1 on they ask the same."""
    if one.meaning is not None and other.meaning is not None and one.model == other.model:
        return float(np.dot(one.meaning, other.meaning)) / SAME_MEANING
    if one.language != other.language:
        return 0.0
    mine, theirs = stems(one.text, one.language), stems(other.text, other.language)
    whole = len(mine | theirs)
    return len(mine & theirs) / whole / SAME_WORDS if whole else 0.0


@lru_cache(maxsize=4_096)
def stems(text: str, language: str) -> frozenset[str]:
    """The words that say something, as they are compared."""
    analyze, questions = _language(language)
    told = questions.telling(WORD.findall(text))
    return frozenset(stem for word in told for stem in analyze.analyze(word))


@lru_cache(maxsize=32)
def _language(language: str) -> tuple[TextAnalyzer, Questions]:
    return analyzer_of(language), Questions(language)


def unpacked(vector: bytes | None) -> Vectors | None:
    """A vector as it was kept."""
    return None if vector is None else np.frombuffer(vector, np.float16).astype(np.float32)


def packed(vectors: Vectors) -> Sequence[bytes]:
    """Vectors as they are kept, a row each."""
    return [row.astype(np.float16).tobytes() for row in vectors]
