"""Finding articles by their words: BM25 over a small index in memory, made for typing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ai.retrieval.bm25 import Bm25
from ai.retrieval.highlights import Highlight, highlights_of
from ai.retrieval.plain import paragraphs_of
from ai.retrieval.reading import Reading

BOOSTS = {"title": 1.5, "summary": 1.2, "body": 1.0}
"""Of 162 questions to the demo's company, 3 : 2 : 1 finds a tenth fewer among the first three."""
FAINT = 0.25
"""What fits so much less than the best does not help who reads the list."""


class Text(NamedTuple):
    """What is found: an article with its body in Markdown. `public` is who may find it."""

    id: str
    title: str
    summary: str
    body: str
    language: str
    public: bool


class Hit(NamedTuple):
    id: str
    score: float
    highlights: tuple[Highlight, ...]


class WordIndex:
    """Articles by their words, each language stemmed in its own way. Not for several threads."""

    def __init__(self) -> None:
        self._languages: dict[str, _OneLanguage] = {}
        self._language_of: dict[str, str] = {}

    def put(self, texts: Iterable[Text], gone: Iterable[str] = ()) -> None:
        """Take texts in, each in place of the one with its id; forget those that are gone."""
        touched: set[_OneLanguage] = set()
        for identity in gone:
            touched |= self._drop(identity)
        for text in texts:
            touched |= self._drop(text.id)
            index = self._languages.setdefault(text.language, _OneLanguage(text.language))
            index.add(text)
            self._language_of[text.id] = text.language
            touched.add(index)
        for index in touched:
            index.commit()

    def _drop(self, identity: str) -> set[_OneLanguage]:
        language = self._language_of.pop(identity, None)
        if language is None:
            return set()
        self._languages[language].drop(identity)
        return {self._languages[language]}

    def search(
        self, question: str, *, public_only: bool, language: str | None = None, limit: int = 5
    ) -> list[Hit]:
        """The best first. The last word may be the beginning of one, as while typing."""
        indexes = [
            index for name, index in self._languages.items() if language is None or name == language
        ]
        hits = [hit for index in indexes for hit in index.search(question, public_only, limit)]
        best = max((hit.score for hit in hits), default=0.0)
        near = [hit for hit in hits if hit.score >= FAINT * best]
        return sorted(near, key=lambda hit: -hit.score)[:limit]


class _OneLanguage:
    def __init__(self, language: str) -> None:
        self._words = Bm25(language, BOOSTS)
        self._readings: dict[str, Reading] = {}

    def add(self, text: Text) -> None:
        paragraphs = paragraphs_of(text.body)
        self._readings[text.id] = Reading(
            (text.title, text.summary, *paragraphs), self._words.stems_of
        )
        fields = {"title": text.title, "summary": text.summary, "body": "\n".join(paragraphs)}
        self._words.add(text.id, text.id, text.public, fields)

    def drop(self, identity: str) -> None:
        self._readings.pop(identity, None)
        self._words.drop(identity)

    def commit(self) -> None:
        self._words.commit()

    def search(self, question: str, public_only: bool, limit: int) -> Iterator[Hit]:
        asked = self._words.read(question)
        for identity, score in self._words.search(asked, public_only, limit):
            highlights = highlights_of(
                self._readings[identity], ("title", "summary"), set(asked.stems), asked.beginning
            )
            yield Hit(identity, score, tuple(highlights))
