"""Labels from labelled examples: a ridge regression over likenesses of words, meaning and inbox.

Each example votes for its label as far as it is like the text, and less where many say the same
already. So a category begins with its name and keywords, and every correction counts at once.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ai.retrieval.embedding import Vectors
from ai.retrieval.vectors import Vector
from ai.triage.texts import terms_of

Floats = NDArray[np.float32]
WIDTH = 8_192
"""Terms share so many places: a row stays small however many words there are."""
MEANING, WORDS, INBOX = 1.0, 1.0, 0.3
"""What each likeness is worth; found on the tuned half of the evaluation."""
FEW = 10
"""So many examples in a language, and fewer, tell little of what is usual in it."""


class Example(NamedTuple):
    """A text whose label is known. `doubt` is how little to trust it: 1 is what people said of
    just such a ticket, more is what stands for a label in other words."""

    text: str
    language: str
    label: str
    doubt: float
    inbox_id: str | None = None
    vector: Vector | None = None


class Usual:
    """What texts of a language mean on the whole. To a model for another language they are alike
    for being foreign; and whatever a company is asked is about that company."""

    def __init__(self, vectors: Vectors, languages: Sequence[str]) -> None:
        self._all = vectors.mean(axis=0)
        here = np.array(languages)
        self._means = {
            each: (vectors[here == each].sum(axis=0) + FEW * self._all)
            / (np.count_nonzero(here == each) + FEW)
            for each in {*languages}
        }

    def beyond(self, vector: Vector, language: str) -> Vector:
        """What a text says beyond it, of length 1."""
        rest = vector - self._means.get(language, self._all)
        return rest / (np.linalg.norm(rest) or 1.0)


class Nearest:
    """Fitted once on some examples; fitting anew takes milliseconds for some hundreds."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self._by_meaning = bool(examples) and all(each.vector is not None for each in examples)
        self.labels = sorted({each.label for each in examples})
        self._examples = examples
        counted = [_counted(each.text, each.language) for each in examples]
        self._weights = _weights(counted)
        self._words = np.array([self._row(each) for each in counted], np.float32)
        self._inboxes = [each.inbox_id for each in examples]
        if self._by_meaning:
            vectors = np.stack([_there(each.vector) for each in examples])
            languages = [each.language for each in examples]
            self._usual = Usual(vectors, languages)
            self._meanings = np.stack([*map(self._usual.beyond, vectors, languages)])
        self._votes = self._fit() if examples else np.zeros((0, 0), np.float32)

    def scores(
        self, text: str, language: str, inbox_id: str | None, vector: Vector | None
    ) -> dict[str, float]:
        """By label; about 1 is as like as an example itself, 0 like none."""
        if not self.labels:
            return {}
        row = self._row(_counted(text, language))
        likeness = WORDS * (self._words @ row)
        if self._by_meaning and vector is not None:
            likeness = likeness + MEANING * (self._meanings @ self._usual.beyond(vector, language))
        if inbox_id is not None:
            likeness = likeness + INBOX * np.array([each == inbox_id for each in self._inboxes])
        return dict(zip(self.labels, map(float, likeness @ self._votes), strict=True))

    def _fit(self) -> Floats:
        alike = WORDS * (self._words @ self._words.T)
        if self._by_meaning:
            alike = alike + MEANING * (self._meanings @ self._meanings.T)
        same = [[a is not None and a == b for b in self._inboxes] for a in self._inboxes]
        alike = alike + INBOX * np.array(same)
        doubts = np.diag([each.doubt for each in self._examples])
        wanted = np.array(
            [[float(each.label == label) for label in self.labels] for each in self._examples]
        )
        fitted = np.linalg.solve(alike + doubts, wanted - 1 / len(self.labels))
        return fitted.astype(np.float32)

    def _row(self, counted: Counter[int]) -> Floats:
        """Of length 1, so that a product is a likeness."""
        row = np.zeros(WIDTH, np.float32)
        for place, count in counted.items():
            row[place] = (1 + math.log(count)) * self._weights[place]
        length = float(np.linalg.norm(row))
        return row / length if length else row


def _counted(text: str, language: str) -> Counter[int]:
    return Counter(zlib.crc32(term.encode()) % WIDTH for term in terms_of(text, language))


def _weights(counted: Sequence[Counter[int]]) -> Floats:
    """By place, how much what stands there tells: the rarer, the more; nothing where none is."""
    seen = np.zeros(WIDTH, np.float32)
    for each in counted:
        seen[list(each)] += 1
    return np.where(seen > 0, np.log((len(counted) + 1) / (seen + 0.5)), 0).astype(np.float32)


def _there(vector: Vector | None) -> Vector:
    assert vector is not None
    return vector
