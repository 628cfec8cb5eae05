"""How well new tickets are guessed: category, priority, and how sure is sure enough."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ai.retrieval.vectors import Vector
from ai.triage.confidence import PRIORITIES, best_and_ahead, category_confidence
from ai.triage.guessing import Guesser
from ai.triage.nearest import Example, Nearest
from ai.triage.texts import TicketText, text_of_article
from domain.inbox.state import Category
from domain.message import derived_id
from domain.triage.decide import BOUNDS
from domain.triage.state import TriageLevel
from server.demo.content import load_articles, load_company, load_exchanges, load_stories
from server.triage.library import CORRECTED, RESOLVED, WRITTEN, examples_of_category
from tests.evaluation.faq import halves
from tests.evaluation.finding import Reader
from tests.evaluation.judging import newton

TICKETS = Path(__file__).with_name("labelled_tickets.toml")
Scores = list[dict[str, float]]
SHARES = (0.0, 0.25, 0.5, 1.0)
"""Of the tuned half, how much staff have corrected before the reported half comes in."""
FOLDS = 4
SHOP = frozenset({"delivery", "returns", "products", "repairs"})
_OF_RIDES = re.compile(r"\b(bike|bici|59|79|119|monthly|SEPA|membership|subscription|month)", re.I)


class Labelled(NamedTuple):
    category: str
    language: str
    priority: str
    title: str
    body: str

    @property
    def text(self) -> TicketText:
        return TicketText(self.title, self.body, _inbox(self))


class Accuracy(NamedTuple):
    """How much of the reported half was right; `english` of its English ones."""

    all: float
    english: float


class Applied(NamedTuple):
    """Of guesses from a confidence on: how many there are, and how many of these are right."""

    share: float
    precision: float


class Sorting(NamedTuple):
    """With meaning or by words alone."""

    by_share: Mapping[float, Accuracy]
    without_inbox: Accuracy
    tuned: Applied
    reported: Applied
    sure: float
    fitted: Mapping[str, float]


class Triaged(NamedTuple):
    tuned: int
    reported: int
    ways: Mapping[str, Sorting]
    priority: Accuracy
    most_common: float
    """How often the commonest priority would be right."""
    near: float
    """How often the priority is at most one step off."""
    language: float


def load_tickets() -> tuple[list[Labelled], list[Labelled]]:
    tuned: list[Labelled] = []
    reported: list[Labelled] = []
    for category, rows in tomllib.loads(TICKETS.read_text()).items():
        first, second = halves([Labelled(category, *row) for row in rows], "body")
        tuned += first
        reported += second
    return tuned, reported


def measure_tickets(reader: Reader) -> Triaged:
    tuned, reported = load_tickets()
    base = _known()
    texts = [each.text for each in base]
    read = reader.read([*texts, *(each.text.whole for each in (*tuned, *reported))])
    ways = {
        "with MiniLM": _sorting(base, tuned, reported, read),
        "by words alone": _sorting(base, tuned, reported, None),
    }
    guesser = Guesser([], [], [], {})
    said = [guesser.guess(each.text, None).priority.label for each in reported]
    right = [guess == each.priority for guess, each in zip(said, reported, strict=True)]
    near = [
        abs(PRIORITIES.index(guess) - PRIORITIES.index(each.priority)) <= 1
        for guess, each in zip(said, reported, strict=True)
    ]
    return Triaged(
        len(tuned),
        len(reported),
        ways,
        _accuracy(right, reported),
        float(np.mean([each.priority == "medium" for each in reported])),
        float(np.mean(near)),
        float(np.mean([each.text.language == each.language for each in reported])),
    )


def _inbox(ticket: Labelled) -> str:
    """Where it came in: as its subject says, and for one in ten at the other door."""
    of_rides = ticket.category not in SHOP
    if ticket.category == "payments":
        of_rides = bool(_OF_RIDES.search(f"{ticket.title} {ticket.body}"))
    drawn = int(hashlib.sha256(f"door{ticket.body}".encode()).hexdigest(), 16) % 10
    return "rides" if of_rides is not (drawn == 0) else "shop"


def _known() -> list[Example]:
    """What the demo's company knows on its first day: categories, articles, a month of tickets."""
    found: list[Example] = []
    for each in load_company().categories:
        category = Category(
            id=derived_id("evaluation", each.key, "category"),
            name=each.name,
            keywords=each.keywords,
        )
        found += [e._replace(label=each.key) for e in examples_of_category(category)]
    for article in load_articles():
        text = text_of_article(article.title, article.summary, article.body)
        found.append(Example(text, article.language, article.category, WRITTEN))
    exchanges = load_exchanges()
    values = {name: cycle(some) for name, some in exchanges.values.items()}
    for exchange in exchanges.exchanges:
        filled = exchange.filled({name: next(some) for name, some in values.items()})
        text = TicketText(filled.title, filled.body)
        found.append(
            Example(text.whole, text.language, exchange.category, RESOLVED, exchange.inbox)
        )
    for story in load_stories():
        if story.category is not None:
            text = TicketText(story.title, story.body)
            found.append(Example(text.whole, text.language, story.category, RESOLVED, story.inbox))
    return found


def _sorting(
    base: Sequence[Example],
    tuned: Sequence[Labelled],
    reported: Sequence[Labelled],
    vectors: Mapping[str, Vector] | None,
) -> Sorting:
    def scored(corrected: Sequence[Labelled], asked: Sequence[Labelled], inbox: bool) -> Scores:
        examples = [*base, *(_corrected(each) for each in corrected)]
        if vectors is not None:
            examples = [each._replace(vector=vectors[each.text]) for each in examples]
        nearest = Nearest(examples)
        return [
            nearest.scores(
                each.text.whole,
                each.text.language,
                each.text.inbox_id if inbox else None,
                vectors[each.text.whole] if vectors is not None else None,
            )
            for each in asked
        ]

    by_meaning = vectors is not None
    level = TriageLevel.MEANING if by_meaning else TriageLevel.WORDS
    by_share = {share: scored(_share(tuned, share), reported, inbox=True) for share in SHARES}
    folded: Scores = []
    order: list[Labelled] = []
    for fold in range(FOLDS):
        others = [each for place, each in enumerate(tuned) if place % FOLDS != fold]
        held = [each for place, each in enumerate(tuned) if place % FOLDS == fold]
        for share in SHARES:
            folded += scored(_share(others, share), held, inbox=True)
            order += held
    sure = BOUNDS[level].sure
    return Sorting(
        {
            share: _accuracy(_right(scores, reported), reported)
            for share, scores in by_share.items()
        },
        _accuracy(_right(scored((), reported, inbox=False), reported), reported),
        _applied(folded, order, sure, by_meaning=by_meaning),
        _applied(by_share[0.5], reported, sure, by_meaning=by_meaning),
        sure,
        _fit(folded, order),
    )


def _share(tuned: Sequence[Labelled], share: float) -> Sequence[Labelled]:
    """Some of them, drawn by a hash, so that every category is among them."""
    drawn = sorted(tuned, key=lambda each: hashlib.sha256(each.title.encode()).hexdigest())
    return drawn[: round(len(drawn) * share)]


def _corrected(ticket: Labelled) -> Example:
    text = ticket.text
    return Example(text.whole, text.language, ticket.category, CORRECTED, text.inbox_id)


def _right(scores: Scores, asked: Sequence[Labelled]) -> list[bool]:
    best = [max(each, key=lambda label: each[label]) for each in scores]
    return [guess == each.category for guess, each in zip(best, asked, strict=True)]


def _accuracy(right: Sequence[bool], asked: Sequence[Labelled]) -> Accuracy:
    english = [each for each, of in zip(right, asked, strict=True) if of.language == "en"]
    return Accuracy(sum(right) / len(right), sum(english) / len(english))


def _applied(
    scores: Scores, asked: Sequence[Labelled], sure: float, *, by_meaning: bool
) -> Applied:
    right = [
        good
        for each, good in zip(scores, _right(scores, asked), strict=True)
        if category_confidence(each, by_meaning=by_meaning) >= sure
    ]
    return Applied(len(right) / len(asked), sum(right) / max(1, len(right)))


def _fit(scores: Scores, asked: Sequence[Labelled]) -> dict[str, float]:
    """A logistic regression as for hand-overs; see there."""
    x = np.array([[*best_and_ahead(each), 1.0] for each in scores])
    scale = np.array([*(x[:, :-1].std(axis=0)), 1.0])
    weights = newton(x / scale, np.array(_right(scores, asked), float)) / scale
    return dict(zip(("best", "ahead", "constant"), map(float, weights), strict=True))
