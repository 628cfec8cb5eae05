"""How often the assistant's answers cite each article, and whether they helped."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping

from domain.message import Id, Millis
from domain.ports import Clock
from server.store.connect import Raw, Store
from server.store.models import CITING, StoredMessage
from server.store.reach import retryable_when_away

CITED_WITHIN: Millis = 90 * 24 * 3_600_000
"""Answers from before say more of the assistant as it was than of the article."""
SHARED: Millis = 10_000
"""So old may be what everybody is told of all articles; its readers ask every 15 s."""

Cited = Mapping[Id, Counter[str]]
"""By article: `answers` cited it, of which some are `answers_helpful`, some `answers_unhelpful`."""
_KINDS = {True: "answers_helpful", False: "answers_unhelpful"}


class Citations:
    """Counts once for all who ask a node within some seconds: it reads every answer of 90 days."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._cited: Cited = {}
        self._at: Millis = 0
        self._turn = asyncio.Lock()

    async def counted(self) -> Cited:
        """Of every article, at most ten seconds old."""
        async with self._turn:
            now = self._clock.now()
            if not 0 <= now - self._at < SHARED:  # A clock may be set back.
                self._cited = await count_citing(self._store, now)
                self._at = now
            return self._cited


@retryable_when_away
async def count_citing(store: Store, now: Millis, article_id: Id | None = None) -> Cited:
    """Of every article that was cited, or of one, as it is now."""
    where: Raw = {**CITING, "author.kind": "assistant", "at": {"$gte": now - CITED_WITHIN}}
    if article_id:
        where["sources.article_id"] = article_id
    # An answer is counted where it lies: what comes here is as long as the articles are many.
    alike = {"_id": ["$sources.article_id", "$helpful"], "many": {"$sum": 1}}
    stages = [{"$match": where}, {"$group": alike}]
    cited: dict[Id, Counter[str]] = {}
    for group in await (await store[StoredMessage].aggregate(stages)).to_list():
        articles, helpful = group["_id"]
        for each in set(articles):  # An answer may cite two passages of one article.
            numbers = cited.setdefault(each, Counter())
            numbers["answers"] += group["many"]
            if helpful is not None:
                numbers[_KINDS[helpful]] += group["many"]
    return cited
