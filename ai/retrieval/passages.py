"""Passages that answer: chunks by their words and by what they mean, in one order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ai.retrieval.bm25 import K1, Asked, Bm25
from ai.retrieval.chunks import Chunk, digest
from ai.retrieval.confidence import Signals, confidence
from ai.retrieval.embedding import Vectors
from ai.retrieval.highlights import Highlight, highlights_of
from ai.retrieval.plain import paragraphs_of
from ai.retrieval.reading import Reading
from ai.retrieval.vectors import Vector, VectorIndex

BOOSTS = {"head": 1.5, "body": 1.0}


class Blend(NamedTuple):
    """What a score is made of; tuned by `make eval`."""

    meaning: float
    """How much of it is likeness of meaning; the rest is words."""
    lean: float
    """How far a chunk's vector leans to the mean of its article's: what that is about counts."""

    def score(self, likeness: float | None, words: float) -> float:
        """Of 0 to 1. Where there is no likeness yet, the words speak for it."""
        if likeness is None:
            return words
        return self.meaning * max(0.0, likeness) + (1 - self.meaning) * words


BLEND = Blend(meaning=0.8, lean=0.7)
CANDIDATES = 60
"""Of each way; what is below so many in both is no passage to show."""


class Passage(NamedTuple):
    """A chunk that fits, with a score of 0 to 1 that compares between questions."""

    chunk: Chunk
    score: float
    highlights: tuple[Highlight, ...]


class Found(NamedTuple):
    """The best passages first; how likely they answer, of 0 to 1; and whether meaning was asked."""

    passages: tuple[Passage, ...]
    confidence: float
    by_meaning: bool
    signals: Signals | None = None
    """What the confidence was made of."""


class Scored(NamedTuple):
    """A chunk with what its score is made of; `likeness` is None where it has no vector yet."""

    chunk: Chunk
    score: float
    likeness: float | None
    words: float


class PassageIndex:
    """Articles as their chunks; by words at once, by meaning as their vectors come. Not for
    several threads."""

    def __init__(self, blend: Blend = BLEND) -> None:
        self._blend = blend
        self._words: dict[str, Bm25] = {}
        self._chunks: dict[str, Chunk] = {}
        self._digests: dict[str, bytes] = {}
        self._of: dict[str, Sequence[Chunk]] = {}
        self._vectors: dict[tuple[str, bool], VectorIndex] = {}
        self._bare: set[str] = set()

    def __len__(self) -> int:
        return len(self._chunks)

    @property
    def articles(self) -> int:
        return len(self._of)

    @property
    def languages(self) -> frozenset[str]:
        """Those that it has passages in."""
        return frozenset(chunk.language for chunk in self._chunks.values())

    def put(self, articles: Mapping[str, Sequence[Chunk]], gone: Iterable[str] = ()) -> None:
        """Take in articles by their ids, each in place of what it was; forget those gone."""
        touched = {each for identity in (*gone, *articles) for each in self._drop(identity)}
        for identity, chunks in articles.items():
            self._of[identity] = chunks
            self._bare.add(identity)
            for chunk in chunks:
                touched.add(chunk.language)
                self._add(chunk)
        for language in touched:
            self._words[language].commit()

    def put_vectors(self, article_id: str, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """The vectors of an article's chunks, unless it has become another meanwhile."""
        if article_id not in self._bare or self._of[article_id] != chunks:
            return
        self._bare.discard(article_id)
        group = chunks[0].language, chunks[0].public
        if group not in self._vectors:
            self._vectors[group] = VectorIndex(vectors.shape[1])
        self._vectors[group].put(
            [chunk.id for chunk in chunks], _leaning(vectors, self._blend.lean)
        )

    def digests(self) -> set[bytes]:
        """What the vectors of all that is here are kept under."""
        return set(self._digests.values())

    def search(
        self,
        question: str,
        vector: Vector | None,
        *,
        public_only: bool,
        language: str | None = None,
        limit: int = 5,
    ) -> Found:
        """The best passages for a question; its `vector` where there is a model."""
        asked = self._read(question, language)
        scored = self._order(asked, vector, public_only)
        by_meaning = any(each.likeness is not None for each in scored)
        signals = self._signals(scored, asked, by_meaning)
        passages = (self._shown(each, asked[each.chunk.language]) for each in scored[:limit])
        return Found(tuple(passages), confidence(signals), by_meaning, signals)

    def order(self, question: str, vector: Vector | None, *, public_only: bool) -> list[Scored]:
        """All that come into question, the best first, with what their scores are made of."""
        return self._order(self._read(question, None), vector, public_only)

    def _read(self, question: str, language: str | None) -> dict[str, Asked]:
        return {
            name: words.read(f"{question} ")
            for name, words in self._words.items()
            if language in (None, name)
        }

    def _order(
        self, asked: Mapping[str, Asked], vector: Vector | None, public_only: bool
    ) -> list[Scored]:
        by_words = self._by_words(asked, public_only)
        by_meaning: dict[str, float] = {}
        if vector is not None:
            by_meaning = self._by_meaning(asked, public_only, vector)
            self._complete(by_meaning, by_words, vector)
        scored = (self._score(each, by_words, by_meaning) for each in {**by_words, **by_meaning})
        return sorted(scored, key=lambda each: (-each.score, each.chunk.id))

    def _add(self, chunk: Chunk) -> None:
        if chunk.language not in self._words:
            self._words[chunk.language] = Bm25(chunk.language, BOOSTS)
        head = " ".join((chunk.title, *chunk.path))
        fields = {"head": head, "body": chunk.plain}
        self._words[chunk.language].add(chunk.id, chunk.article_id, chunk.public, fields)
        self._chunks[chunk.id] = chunk
        self._digests[chunk.id] = digest(chunk.embedded)

    def _drop(self, article_id: str) -> set[str]:
        """Forget an article; the languages that must be committed."""
        chunks = self._of.pop(article_id, ())
        self._bare.discard(article_id)
        for chunk in chunks:
            del self._chunks[chunk.id], self._digests[chunk.id]
            if vectors := self._vectors.get((chunk.language, chunk.public)):
                vectors.drop([chunk.id])
        languages = {chunk.language for chunk in chunks}
        for language in languages:
            self._words[language].drop(article_id)
        return languages

    def _by_words(self, asked: Mapping[str, Asked], public_only: bool) -> dict[str, float]:
        """How much of what the question says the chunks say too: 1 is all of it, often."""
        found: dict[str, float] = {}
        for language, question in asked.items():
            most = (K1 + 1) * sum(self._weights(language, question).values())
            hits = self._words[language].search(question, public_only, CANDIDATES)
            found |= {identity: min(1.0, score / most) for identity, score in hits}
        return found

    def _weights(self, language: str, asked: Asked) -> dict[str, float]:
        """What each stem of a question tells, in a language's texts."""
        words = self._words[language]
        heads, bodies = (words.weights(asked.stems, field) for field in ("head", "body"))
        return {stem: min(heads[stem], bodies[stem]) for stem in bodies}

    def _by_meaning(
        self, languages: Iterable[str], public_only: bool, vector: Vector
    ) -> dict[str, float]:
        groups = ((name, public) for name in languages for public in (True, False))
        return {
            identity: likeness
            for group in groups
            if group in self._vectors and (group[1] or not public_only)
            for identity, likeness in self._vectors[group].search(vector, CANDIDATES)
        }

    def _complete(
        self, by_meaning: dict[str, float], by_words: Iterable[str], vector: Vector
    ) -> None:
        """The likeness of what the words found, too."""
        missing: defaultdict[tuple[str, bool], list[str]] = defaultdict(list)
        for identity in by_words:
            chunk = self._chunks[identity]
            if identity not in by_meaning and chunk.article_id not in self._bare:
                missing[chunk.language, chunk.public].append(identity)
        for group, ids in missing.items():
            likeness = self._vectors[group].likeness(ids, vector)
            by_meaning |= dict(zip(ids, likeness, strict=True))

    def _score(
        self, identity: str, by_words: Mapping[str, float], by_meaning: Mapping[str, float]
    ) -> Scored:
        words = by_words.get(identity, 0.0)
        likeness = by_meaning.get(identity)
        return Scored(self._chunks[identity], self._blend.score(likeness, words), likeness, words)

    def _signals(
        self, scored: Sequence[Scored], asked: Mapping[str, Asked], by_meaning: bool
    ) -> Signals | None:
        if not scored:
            return None
        best = scored[0]
        said = 0.0 if by_meaning else self._said(best.chunk, asked[best.chunk.language])
        likeness = max(0.0, best.likeness or 0.0)
        return Signals(by_meaning, likeness=likeness, words=best.words, said=said)

    def _said(self, chunk: Chunk, asked: Asked) -> float:
        """How much of what a question says the chunk's article says at all."""
        weights = self._weights(chunk.language, asked)
        stems = self._stems_of(chunk)
        said = sum(weight for stem, weight in weights.items() if stem in stems)
        return said / (sum(weights.values()) or 1.0)

    def _stems_of(self, chunk: Chunk) -> set[str]:
        """All that its article says."""
        stems_of = self._words[chunk.language].stems_of
        article = self._of[chunk.article_id]
        texts = (chunk.title, *(text for each in article for text in (*each.path, each.plain)))
        return {stem for text in texts for word in text.split() for stem in stems_of(word)}

    def _shown(self, scored: Scored, asked: Asked) -> Passage:
        chunk = scored.chunk
        words = self._words[chunk.language]
        heads = {"title": chunk.title, "heading": " › ".join(chunk.path)}
        reading = Reading((*heads.values(), *paragraphs_of(chunk.text)), words.stems_of)
        shown = highlights_of(reading, list(heads), set(asked.stems), "")
        return Passage(chunk, scored.score, tuple(shown))


def _leaning(vectors: Vectors, lean: float) -> Vectors:
    """Each as far towards the mean of all; shorter by as much as it is about something else."""
    mean = vectors.mean(axis=0)
    return (1 - lean) * vectors + lean * mean / (np.linalg.norm(mean) or 1.0)
