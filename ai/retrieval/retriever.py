"""Finding passages while the loop goes on: an index on a thread of its own, with its model."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from ai.retrieval.chunks import Chunk, chunks_of, digest
from ai.retrieval.kept import KeptVectors
from ai.retrieval.loading import Embeddings
from ai.retrieval.passages import Found, PassageIndex
from ai.retrieval.vectors import Vector
from ai.retrieval.words import Text

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
PATIENCE_SECONDS = 2.0
"""So long is waited for a question's vector; without it, words must do."""


class Retriever:
    """Articles in, passages out. What is put in is found by words at once, and by meaning as soon
    as `embed_some` has come to it."""

    def __init__(
        self, embeddings: Embeddings, kept: KeptVectors, index: PassageIndex | None = None
    ) -> None:
        self.embeddings = embeddings
        self._kept = kept
        self._index = index or PassageIndex()
        self._waiting: dict[str, Sequence[Chunk]] = {}
        self._thread = ThreadPoolExecutor(1, "passages")

    async def put(self, texts: Sequence[tuple[Text, int]], gone: Iterable[str] = ()) -> None:
        """Take in articles with their versions, each in place of what it was."""
        gone = list(gone)

        def chunked() -> dict[str, Sequence[Chunk]]:
            articles = {text.id: chunks_of(text, version) for text, version in texts}
            self._index.put(articles, gone)
            return dict(articles)

        articles = await self._on_thread(chunked)
        for identity in gone:
            self._waiting.pop(identity, None)
        self._waiting.update(articles)

    async def find(
        self, question: str, *, public_only: bool, language: str | None = None, limit: int = 5
    ) -> Found:
        """The passages that fit best, and how likely they answer."""
        vector = await self._vector_of(question, language)
        return await self._on_thread(
            lambda: self._index.search(
                question, vector, public_only=public_only, language=language, limit=limit
            )
        )

    async def embed_some(self) -> bool:
        """Give the next article its vectors, kept ones or new; whether there was one."""
        if not self._waiting or not self.embeddings.ready.is_set():
            return False
        identity, chunks = next(iter(self._waiting.items()))
        if not self.embeddings.speaks(chunks[0].language):
            del self._waiting[identity]  # Its words must do.
            return True
        model = self.embeddings.name
        texts = {digest(chunk.embedded): chunk.embedded for chunk in chunks}
        vectors = await self._on_thread(lambda: self._kept.get(model, list(texts)))
        missing = [each for each in texts if each not in vectors]
        if missing:
            made = await self.embeddings.embed([texts[each] for each in missing], urgent=False)
            assert made is not None
            new = dict(zip(missing, made, strict=True))
            await self._on_thread(lambda: self._kept.put(model, new))
            vectors |= new
        await self._on_thread(lambda: self._take(identity, chunks, vectors))
        if self._waiting.get(identity) is chunks:
            del self._waiting[identity]
        return True

    async def tidy(self) -> None:
        """Let go the kept vectors of texts that are no more."""
        if self.embeddings.ready.is_set() and not self._waiting:
            model = self.embeddings.name
            await self._on_thread(lambda: self._kept.keep_only(model, self._index.digests()))

    @property
    def articles(self) -> int:
        return self._index.articles

    @property
    def languages(self) -> frozenset[str]:
        return self._index.languages

    @property
    def waiting(self) -> int:
        """How many articles have no vectors yet."""
        return len(self._waiting)

    async def close(self) -> None:
        await asyncio.to_thread(self._thread.shutdown)
        self._kept.close()

    def _take(self, identity: str, chunks: Sequence[Chunk], vectors: dict[bytes, Vector]) -> None:
        rows = np.stack([vectors[digest(chunk.embedded)] for chunk in chunks])
        self._index.put_vectors(identity, chunks, rows)

    async def _vector_of(self, question: str, language: str | None) -> Vector | None:
        if language is not None and not self.embeddings.speaks(language):
            return None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                vectors = await self.embeddings.embed([question])
        except Exception:
            logger.exception("a question is searched by its words alone")
            return None
        return None if vectors is None else vectors[0]

    async def _on_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
