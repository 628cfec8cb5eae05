"""The articles of the store as they change: whoever keeps an index of them follows here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

from ai.retrieval.words import Text
from domain.knowledge.state import Article
from domain.message import Id, Millis
from domain.ports import Clock
from server.dispatch.documents import Made
from server.repeating import for_ever
from server.store.connect import Store
from server.store.documents import fetch_many, find, versions

EVERY_SECONDS = 1.0
WHOLE: Millis = 60_000
"""How often everything is compared: what the clocks hid, and what is gone."""
AT_ONCE = 200
SKEW: Millis = 5_000
"""How far the clocks of two nodes may differ, so that a change is not passed over."""

Take = Callable[[Sequence[Article], Sequence[Id]], Awaitable[None]]
"""What is done with articles that are new or another version, and with the ids of those gone."""


class Articles:
    """Tells of every article, and then of each that changes within two seconds."""

    def __init__(self, name: str, store: Store, clock: Clock, take: Take) -> None:
        self._name = name
        self._store = store
        self._clock = clock
        self._tell = take
        self._versions: dict[Id, int] = {}
        self._compared: Millis | None = None
        self._read: Millis = 0
        self._turn = asyncio.Lock()
        self._changed = asyncio.Event()

    def listen(self, made: Made) -> None:
        """Called after each change that this process made."""
        if made.command.kind == "article":
            self._changed.set()

    async def run(self) -> None:
        """Follow the store for ever, past an article that only a newer release understands."""
        await for_ever(self._name, self.refresh, EVERY_SECONDS, self._changed)

    async def refresh(self) -> None:
        """Take in what changed since the last time."""
        async with self._turn:
            now = self._clock.now()
            if self._compared is None or now - self._compared >= WHOLE:
                await self._compare()
                self._compared = now
            else:
                since = {"state.updated_at": {"$gte": self._read - SKEW}}
                await self._take(await find(self._store, Article, since), gone=())
            self._read = now

    async def _compare(self) -> None:
        """Hold every version against what is known here."""
        there = await versions(self._store, Article)
        new = [each for each, version in there.items() if self._versions.get(each) != version]
        for at in range(0, len(new), AT_ONCE):
            some = await fetch_many(self._store, Article, new[at : at + AT_ONCE])
            await self._take(some.values(), gone=())
        await self._take((), gone=[each for each in self._versions if each not in there])

    async def _take(self, changed: Iterable[Article], gone: Sequence[Id]) -> None:
        new = [each for each in changed if self._versions.get(each.id) != each.version]
        if new or gone:
            await self._tell(new, gone)
        self._versions |= {each.id: each.version for each in new}
        for identity in gone:
            del self._versions[identity]


def text_of(article: Article) -> Text:
    """An article as it is searched."""
    return Text(
        id=article.id,
        title=article.title,
        summary=article.summary,
        body=article.body,
        language=article.language,
        public=article.public,
    )
