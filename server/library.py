"""The articles as a node finds them: an index in memory that follows the store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from ai.retrieval.words import Hit, Text, WordIndex
from domain.document import Change
from domain.knowledge.state import Article
from domain.message import Id, Millis
from domain.ports import Clock
from server.repeating import for_ever
from server.store.connect import Store
from server.store.documents import fetch_many, find, versions

EVERY_SECONDS = 1.0
WHOLE: Millis = 60_000
"""How often everything is compared: what the clocks hid, and what is gone."""
AT_ONCE = 200
SKEW: Millis = 5_000
"""How far the clocks of two nodes may differ, so that a change is not passed over."""


class Library:
    """Finds articles; what another node changed is found here within two seconds."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._index = WordIndex()
        self._versions: dict[Id, int] = {}
        self._compared: Millis | None = None
        self._read: Millis = 0
        self._turn = asyncio.Lock()
        self._changed = asyncio.Event()

    def listen(self, change: Change, _identity: str) -> None:
        """Called after each change that this node made."""
        if change.kind == "article":
            self._changed.set()

    async def run(self) -> None:
        """Follow the store for ever, past an article that only a newer release understands."""
        await for_ever("the library", self.refresh, EVERY_SECONDS, self._changed)

    async def refresh(self) -> None:
        """Take in what changed since the last time."""
        async with self._turn:
            now = self._clock.now()
            if self._compared is None or now - self._compared >= WHOLE:
                await self._compare()
                self._compared = now
            else:
                since = {"state.updated_at": {"$gte": self._read - SKEW}}
                self._take(await find(self._store, Article, since), gone=())
            self._read = now

    async def _compare(self) -> None:
        """Hold every version against what is known here."""
        there = await versions(self._store, Article)
        new = [each for each, version in there.items() if self._versions.get(each) != version]
        for at in range(0, len(new), AT_ONCE):
            some = await fetch_many(self._store, Article, new[at : at + AT_ONCE])
            self._take(some.values(), gone=())
        self._take((), gone=[each for each in self._versions if each not in there])

    def _take(self, changed: Iterable[Article], gone: Sequence[Id]) -> None:
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
