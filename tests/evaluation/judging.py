"""When the assistant hands over: how often rightly, and how much it should have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ai.retrieval.confidence import Signals
from ai.retrieval.passages import Found, PassageIndex
from ai.retrieval.vectors import Vector
from tests.evaluation.company import Question, load_articles, load_questions
from tests.evaluation.finding import Reader

Floats = NDArray[np.float64]
WITH, WITHOUT = ("likeness",), ("words", "said")
"""What confidence is made of, with a model and without. The length of a question would tell much
more, but of who wrote these: their questions without an answer are short.

Cross-validated on the tuned half, none of these told more beside the likeness: the margin to the
next article, likeness to titles, sentences or single words of it, a question without each of its
words or without the little ones, and what no passage says. Words would count against an answer:
near misses were written from titles, and say theirs."""


class Judged(NamedTuple):
    """Of hand-overs, how many were right; and of what should be handed over, how much was."""

    precision: float
    recall: float
    answered: int
    """Questions that were answered; of them `near` and `far` should not have been."""
    near: int
    far: int
    first_right: float
    """How often the first passage of an answerable question is of the right article."""


class Way(NamedTuple):
    """With a model or without: what was fitted on the tuned half, and what came of it."""

    fitted: Mapping[str, float]
    threshold: float
    tuned: Judged
    reported: Judged
    spanish: Judged
    """Both halves: too few for two."""


class Decided(NamedTuple):
    question: Question
    found: Found


def measure_company(reader: Reader) -> dict[str, Way]:
    index = reader.library(load_articles()).index()
    tuned, reported = load_questions()
    vectors = reader.read([each.asks for each in (*tuned, *reported)])

    def way(by_meaning: bool) -> Way:
        def decide(some: Sequence[Question], language: str) -> list[Decided]:
            mine = [each for each in some if each.language == language]
            return [Decided(each, _find(index, each, vectors, by_meaning)) for each in mine]

        first, second = decide(tuned, "en"), decide(reported, "en")
        threshold = _threshold(first)
        spanish = decide((*tuned, *reported), "es")
        return Way(
            _fit(first, by_meaning),
            threshold,
            *(_judged(each, threshold) for each in (first, second, spanish)),
        )

    return {"with the model": way(True), "by words alone": way(False)}


def _find(
    index: PassageIndex, question: Question, vectors: Mapping[str, Vector], by_meaning: bool
) -> Found:
    vector = vectors[question.asks] if by_meaning else None
    return index.search(question.asks, vector, public_only=True, language=question.language)


def _judged(decided: Sequence[Decided], threshold: float) -> Judged:
    handed = [each for each in decided if each.found.confidence < threshold]
    answered = [each for each in decided if each.found.confidence >= threshold]
    rightly = sum(each.question.kind != "answerable" for each in handed)
    should = sum(each.question.kind != "answerable" for each in decided)
    asked = [each for each in decided if each.question.article]
    right = sum(
        bool(each.found.passages)
        and each.found.passages[0].chunk.article_id == each.question.article
        for each in asked
    )
    return Judged(
        precision=rightly / max(1, len(handed)),
        recall=rightly / should,
        answered=len(answered),
        near=sum(each.question.kind == "near" for each in answered),
        far=sum(each.question.kind == "far" for each in answered),
        first_right=right / len(asked),
    )


def _threshold(decided: Sequence[Decided]) -> float:
    """The confidence below which to hand over: where the worse of both measures is best."""
    tried = sorted({each.found.confidence for each in decided})
    return max(tried, key=lambda each: min(_judged(decided, each)[:2]))


def _fit(decided: Sequence[Decided], by_meaning: bool) -> dict[str, float]:
    """A logistic regression by Newton's steps, its weights held small by a prior of 1."""
    features = WITH if by_meaning else WITHOUT
    rows = [
        [*(getattr(each.found.signals or _NONE, name) for name in features), 1.0]
        for each in decided
    ]
    x, y = np.array(rows), np.array([each.question.kind == "answerable" for each in decided])
    scale = np.array([*(x[:, :-1].std(axis=0)), 1.0])
    weights = newton(x / scale, y.astype(float)) / scale
    return dict(zip((*features, "constant"), map(float, weights), strict=True))


def newton(x: Floats, y: Floats) -> Floats:
    weights = np.zeros(x.shape[1])
    prior = np.eye(x.shape[1])
    prior[-1, -1] = 1e-6
    for _ in range(30):
        chance = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (y - chance) - prior @ weights
        curve = (x * (chance * (1 - chance))[:, None]).T @ x + prior
        weights = weights + np.linalg.solve(curve, slope)
    return weights


_NONE = Signals(by_meaning=False, likeness=0.0, words=0.0, said=0.0)
