"""Passages for the assistant: an index in the worker that follows the store, with its model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from ai.retrieval.embedding import Embedder
from ai.retrieval.kept import KeptVectors
from ai.retrieval.loading import Embeddings, load_embedder
from ai.retrieval.passages import Found
from ai.retrieval.retriever import Retriever
from domain.knowledge.state import Article
from domain.message import Id
from domain.ports import Clock
from server.articles import Articles, text_of
from server.repeating import for_ever
from server.settings import Settings
from server.store.connect import Store

TIDY_SECONDS = 3_600.0
PAUSE_SECONDS = 1.0


class Passages:
    """Finds passages. A change is found by its words within two seconds, and by its meaning as
    soon as the model has read it."""

    def __init__(self, store: Store, clock: Clock, retriever: Retriever) -> None:
        self.retriever = retriever
        self._articles = Articles("the passages", store, clock, self._take)
        self._more = asyncio.Event()

    async def run(self) -> None:
        """Follow the store, and embed what is new, for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._articles.run())
            group.create_task(self._load())
            group.create_task(for_ever("embedding", self._embed, PAUSE_SECONDS, self._more))
            group.create_task(for_ever("tidying vectors", self.retriever.tidy, TIDY_SECONDS))

    async def refresh(self) -> None:
        """Take in what changed since the last time."""
        await self._articles.refresh()

    async def find(
        self, question: str, *, public_only: bool, language: str | None = None, limit: int = 5
    ) -> Found:
        return await self.retriever.find(
            question, public_only=public_only, language=language, limit=limit
        )

    async def _take(self, changed: Sequence[Article], gone: Sequence[Id]) -> None:
        await self.retriever.put([(text_of(each), each.version) for each in changed], gone)
        self._more.set()

    async def _load(self) -> None:
        await self.retriever.embeddings.run()
        self._more.set()

    async def _embed(self) -> None:
        while await self.retriever.embed_some():
            pass


@asynccontextmanager
async def open_passages(settings: Settings, store: Store, clock: Clock) -> AsyncGenerator[Passages]:
    """The passages of a process, with the model that the settings name; loads behind it."""
    embeddings = Embeddings(embedder_of(settings))
    retriever = Retriever(embeddings, KeptVectors(settings.data_dir / "vectors.db"))
    try:
        yield Passages(store, clock, retriever)
    finally:
        await embeddings.close()
        await retriever.close()


def embedder_of(settings: Settings) -> partial[Embedder] | None:
    """What loads the model that the settings name; None where they want none."""
    if settings.embedder == "none":
        return None
    models = settings.data_dir / "models"
    return partial(load_embedder, settings.embedder, settings.embedding_model, models)
