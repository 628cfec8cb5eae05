"""How well answers are found: nDCG@10 and recall@5 by words, by meaning, and by both."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from ai.retrieval.chunks import Chunk, chunks_of, digest
from ai.retrieval.embedding import Embedder, Vectors
from ai.retrieval.kept import KeptVectors
from ai.retrieval.passages import BLEND, Blend, PassageIndex, Scored
from ai.retrieval.vectors import Vector
from ai.retrieval.words import Text
from tests.evaluation.faq import Pair, halves

Orders = Mapping[str, Sequence[Scored]]
MEANINGS, LEANS = (0.65, 0.7, 0.75, 0.8, 0.85), (0.0, 0.3, 0.5, 0.6, 0.7)


class Measured(NamedTuple):
    ndcg_10: float
    recall_5: float


class Library(NamedTuple):
    """Articles in chunks with their vectors, of which any number of indexes is made."""

    chunks: Mapping[str, Sequence[Chunk]]
    vectors: Mapping[str, Vectors]

    def index(self, blend: Blend = BLEND) -> PassageIndex:
        index = PassageIndex(blend)
        index.put(self.chunks)
        for identity, chunks in self.chunks.items():
            if identity in self.vectors:
                index.put_vectors(identity, chunks, self.vectors[identity])
        return index


class Reader:
    """Embeds what it has not embedded before: a second evaluation is quick."""

    def __init__(self, embedder: Embedder, kept: KeptVectors) -> None:
        self.embedder = embedder
        self._kept = kept

    def read(self, texts: Sequence[str]) -> dict[str, Vector]:
        by_digest = {digest(text): text for text in texts}
        found = self._kept.get(self.embedder.name, list(by_digest))
        missing = [each for each in by_digest if each not in found]
        for at in range(0, len(missing), 64):
            some = missing[at : at + 64]
            made = self.embedder.embed([by_digest[each] for each in some])
            new = dict(zip(some, made, strict=True))
            self._kept.put(self.embedder.name, new)
            found |= new
        return {text: found[each] for each, text in by_digest.items()}

    def library(self, texts: Sequence[Text]) -> Library:
        chunks = {text.id: chunks_of(text, 1) for text in texts}
        spoken = self.embedder.languages
        known = {
            identity: several
            for identity, several in chunks.items()
            if spoken is None or several[0].language in spoken
        }
        read = self.read([chunk.embedded for several in known.values() for chunk in several])
        vectors = {
            identity: np.stack([read[chunk.embedded] for chunk in several])
            for identity, several in known.items()
        }
        return Library(chunks, vectors)


class Faq(NamedTuple):
    """What was measured on the FAQ: each way's (tuned half, reported half)."""

    library: Library
    pairs: int
    chunks: int
    rows: Mapping[str, tuple[Measured, Measured]]
    best: Blend
    """The blend that is best on the tuned half."""


def measure_faq(reader: Reader, pairs: Sequence[Pair]) -> Faq:
    library = reader.library([Text(p.id, "", "", p.answer, "en", True) for p in pairs])
    vectors = reader.read([pair.question for pair in pairs])
    tuned, reported = halves(pairs, "id")
    orders = {lean: _orders(library, pairs, vectors, lean) for lean in {*LEANS, BLEND.lean}}
    words = _orders(library, pairs, None, 0.0)

    def both(orders: Orders, blend: Blend) -> tuple[Measured, Measured]:
        return _measure(tuned, orders, blend), _measure(reported, orders, blend)

    rows = {
        "BM25": both(words, BLEND),
        "MiniLM alone": both(orders[0.0], Blend(meaning=1.0, lean=0.0)),
        "blend": both(orders[BLEND.lean], BLEND),
    }
    tried = (Blend(meaning, lean) for meaning, lean in product(MEANINGS, LEANS))
    best = max(tried, key=lambda each: _measure(tuned, orders[each.lean], each).ndcg_10)
    return Faq(library, len(pairs), sum(map(len, library.chunks.values())), rows, best)


def _orders(
    library: Library, pairs: Sequence[Pair], vectors: Mapping[str, Vector] | None, lean: float
) -> Orders:
    """What comes into question for each, whatever its order will be."""
    index = library.index(Blend(BLEND.meaning, lean))
    return {
        pair.id: index.order(
            pair.question, vectors[pair.question] if vectors else None, public_only=True
        )
        for pair in pairs
    }


def _measure(pairs: Sequence[Pair], orders: Orders, blend: Blend) -> Measured:
    ranks = [_rank(pair.id, orders[pair.id], blend) for pair in pairs]
    gains = [1 / math.log2(rank + 2) for rank in ranks if rank is not None and rank < 10]
    among = sum(rank is not None and rank < 5 for rank in ranks)
    return Measured(sum(gains) / len(ranks), among / len(ranks))


def _rank(identity: str, order: Sequence[Scored], blend: Blend) -> int | None:
    """How many answers come before the right one."""
    best = sorted(order, key=lambda each: -blend.score(each.likeness, each.words))
    articles = list(dict.fromkeys(each.chunk.article_id for each in best))
    return articles.index(identity) if identity in articles else None
