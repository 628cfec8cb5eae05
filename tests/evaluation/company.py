"""The demo's company: its articles, and questions that they answer or do not."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from ai.retrieval.words import Text
from tests.evaluation.faq import halves

ARTICLES = Path(__file__).parents[2] / "server" / "demo" / "articles"
QUESTIONS = Path(__file__).with_name("company_questions.toml")

Kind = Literal["answerable", "near", "far"]


class Question(NamedTuple):
    asks: str
    kind: Kind
    language: str
    article: str
    """The id of the one that answers; empty where none does."""


def load_articles() -> list[Text]:
    """Those that clients may read, by `<language>/<folder>/<file>`."""
    found: list[Text] = []
    for file in sorted(ARTICLES.rglob("*.md")):
        _, head, body = file.read_text().split("+++\n", 2)
        told = tomllib.loads(head)
        identity = file.relative_to(ARTICLES).with_suffix("").as_posix()
        language, _, _ = identity.partition("/")
        if told["visibility"] == "public":
            found.append(Text(identity, told["title"], told["summary"], body, language, True))
    return found


def load_questions() -> tuple[list[Question], list[Question]]:
    """The half for tuning, and the half that is only reported: as many of each kind in both."""
    tuning: list[Question] = []
    reported: list[Question] = []
    for group in _groups():
        first, second = halves(group, "asks")
        tuning += first
        reported += second
    return tuning, reported


def _groups() -> Iterator[list[Question]]:
    told = tomllib.loads(QUESTIONS.read_text())
    for language, by_article in told["answerable"].items():
        yield [
            Question(asks, "answerable", language, f"{language}/{article}")
            for article, several in by_article.items()
            for asks in several
        ]
    for kind, by_language in told["unanswerable"].items():
        for language, several in by_language.items():
            yield [Question(asks, kind, language, "") for asks in several]
