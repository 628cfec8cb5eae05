"""The model that embeds, as it comes and goes: none, loading, or there. None is no error."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ai.retrieval.batching import Batching
from ai.retrieval.embedding import Absent, Embedder

if TYPE_CHECKING:
    from ai.retrieval.embedding import Vectors

logger = logging.getLogger(__name__)

Way = Literal["sentence-transformers", "onnx", "onnx-int8"]
State = Literal["none", "loading", "ready"]
AGAIN_SECONDS = 15.0
"""How often is looked again for parts that are missing: they may be being installed."""


def load_embedder(way: Way, model: str, place: Path) -> Embedder:
    """Load a model, which takes seconds; `place` is for what is made of it. Raises Absent."""
    importlib.invalidate_caches()
    threads = max(1, (os.cpu_count() or 1) // 2)  # The rest of the machine answers people.
    if way == "sentence-transformers":
        from ai.retrieval.sentence import SentenceEmbedder

        return SentenceEmbedder(model, threads)
    from ai.retrieval.onnx_model import OnnxEmbedder

    return OnnxEmbedder(model, threads, place, int8=way == "onnx-int8")


class Embeddings:
    """Loads behind what already works, and looks again where parts are missing."""

    def __init__(self, load: Callable[[], Embedder] | None) -> None:
        self._load = load
        self._batching: Batching | None = None
        self.state: State = "none"
        self.why = "switched off" if load is None else ""
        self.ready = asyncio.Event()

    @property
    def name(self) -> str:
        """The model's; empty until it is there."""
        return self._batching.embedder.name if self._batching else ""

    async def run(self) -> None:
        """Load the model; ends when it is there, or none is wanted."""
        while self._load is not None and self._batching is None:
            self.state = "loading"
            try:
                self._batching = Batching(await asyncio.to_thread(self._load))
            except Absent as absent:
                self.state, self.why = "none", str(absent)
                await asyncio.sleep(AGAIN_SECONDS)
            except Exception as failure:
                logger.exception("the model for embedding does not load")
                self.state, self.why = "none", repr(failure)
                return
            else:
                self.state, self.why = "ready", ""
                self.ready.set()

    def speaks(self, language: str) -> bool:
        """Whether the model is there and knows a language."""
        if self._batching is None:
            return False
        languages = self._batching.embedder.languages
        return languages is None or language in languages

    async def embed(self, texts: Sequence[str], *, urgent: bool = True) -> Vectors | None:
        """The vectors of texts, or None where there is no model."""
        if self._batching is None:
            return None
        return await self._batching.embed(texts, urgent=urgent)

    async def close(self) -> None:
        if self._batching is not None:
            await self._batching.close()
