"""An embedder for tests: words by their hashes, so that texts with the same words are alike."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from threading import Event

import numpy as np

from ai.retrieval.embedding import Vectors

MEANINGS = {"bicycle": "bike", "money": "refund", "reimbursed": "refund"}
"""What means the same has the same place, as with a model."""


class HashingEmbedder:
    """`held` keeps it from answering until it is set; `runs` has the texts of each run."""

    dimensions = 256
    languages: frozenset[str] | None = None

    def __init__(self, name: str = "hashing") -> None:
        self.name = name
        self.runs: list[list[str]] = []
        self.held = Event()
        self.held.set()

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.runs.append(list(texts))
        assert self.held.wait(10)
        if "what no model reads" in texts:
            raise ValueError("unreadable")
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().replace("?", " ").replace(".", " ").split():
                place = zlib.crc32(MEANINGS.get(word, word).encode()) % self.dimensions
                vectors[row, place] += 1
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1)
