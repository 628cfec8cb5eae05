"""The articles as a node finds them: an index in memory that follows the store."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from pymongo.errors import PyMongoError

from ai.retrieval.words import Hit, Text, WordIndex
from domain.document import Change
from domain.knowledge.state import Article
from domain.message import Id, Millis
from server.store.connect import Store
from server.store.documents import count, fetch_many, find, newest

log = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
SKEW: Millis = 5_000
"""How far the clocks of two nodes may differ, so that a change is not passed over."""


class Library:
    """Finds articles; what another node changed is found here within two seconds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._index = WordIndex()
        self._versions: dict[Id, int] = {}
        self._seen: tuple[Millis, int] = (0, 0)
        self._turn = asyncio.Lock()
        self._changed = asyncio.Event()

    def listen(self, change: Change, _identity: str) -> None:
        """Called after each change that this node made."""
        if change.kind == "article":
            self._changed.set()

    async def run(self) -> None:
        """Follow the store for ever."""
        while True:
            try:
                await self.refresh()
            except PyMongoError as error:
                log.warning("the articles are read again soon: %s", error)
            except Exception:  # Such as an article that only a newer release understands.
                log.exception("the articles are read again soon")
            try:
                async with asyncio.timeout(EVERY_SECONDS):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def refresh(self) -> None:
        """Take in what changed since the last time."""
        async with self._turn:
            self._changed.clear()
            now_there = await self._look()
            if now_there == self._seen:
                return
            since = self._seen[0] - SKEW
            changed = await find(self._store, Article, {"state.updated_at": {"$gte": since}})
            self._take(changed, gone=())
            if len(self._versions) != now_there[1]:
                there = {each.id for each in await find(self._store, Article)}
                self._take((), gone=[each for each in self._versions if each not in there])
            self._seen = now_there

    async def _look(self) -> tuple[Millis, int]:
        """The moment of the newest change, and how many there are: all that is asked each time."""
        last = await newest(self._store, Article, "updated_at")
        return (last.updated_at if last else 0, await count(self._store, Article, {}))

    def _take(self, changed: Sequence[Article], gone: Sequence[Id]) -> None:
        new = [each for each in changed if self._versions.get(each.id) != each.version]
        if new or gone:
            self._index.put(map(_text, new), gone)
        self._versions |= {each.id: each.version for each in new}
        for identity in gone:
            del self._versions[identity]

    async def search(
        self, question: str, *, public_only: bool, language: str | None, limit: int
    ) -> list[tuple[Article, Hit]]:
        """The articles that fit best, as the store has them now."""
        hits = self._index.search(question, public_only=public_only, language=language, limit=limit)
        articles = await fetch_many(self._store, Article, [hit.id for hit in hits])
        return [(articles[hit.id], hit) for hit in hits if hit.id in articles]


def _text(article: Article) -> Text:
    return Text(
        id=article.id,
        title=article.title,
        summary=article.summary,
        body=article.body,
        language=article.language,
        public=article.public,
    )
