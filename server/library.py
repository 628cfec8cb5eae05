"""The articles as a node finds them: an index in memory that follows the store."""

from __future__ import annotations

from collections.abc import Sequence

from ai.retrieval.words import Hit, WordIndex
from domain.knowledge.state import Article
from domain.message import Id
from domain.ports import Clock
from server.articles import Articles, text_of
from server.dispatch.documents import Made
from server.store.connect import Store
from server.store.documents import fetch_many


class Library:
    """Finds articles; what another node changed is found here within two seconds."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._index = WordIndex()
        self._articles = Articles("the library", store, clock, self._take)

    def listen(self, made: Made) -> None:
        """Called after each change that this node made."""
        self._articles.listen(made)

    async def run(self) -> None:
        """Follow the store for ever."""
        await self._articles.run()

    async def refresh(self) -> None:
        """Take in what changed since the last time."""
        await self._articles.refresh()

    async def _take(self, changed: Sequence[Article], gone: Sequence[Id]) -> None:
        self._index.put(map(text_of, changed), gone)

    async def search(
        self, question: str, *, public_only: bool, language: str | None, limit: int
    ) -> list[tuple[Article, Hit]]:
        """The articles that fit best, as the store has them now."""
        hits = self._index.search(question, public_only=public_only, language=language, limit=limit)
        articles = await fetch_many(self._store, Article, [hit.id for hit in hits])
        return [(articles[hit.id], hit) for hit in hits if hit.id in articles]
