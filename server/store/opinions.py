"""What readers say of articles, and what clients say of answers that cite them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pymongo import DESCENDING

from domain.message import Id, Millis, Record
from server.store.citations import Cited
from server.store.connect import Raw, Store
from server.store.models import StoredOpinion
from server.store.reach import retryable_when_away


class Opinion(Record):
    """One reader's word on one edition of an article."""

    article_id: Id
    edition: Millis
    reader: str
    helpful: bool
    word: str
    at: Millis


class Tally(Record):
    """`helpful` and `unhelpful` are of the article as it is, `before` all of what it was;
    `answers` cited it within 90 days, of which some helped and some did not."""

    article_id: Id
    helpful: int = 0
    unhelpful: int = 0
    before: int = 0
    answers: int = 0
    answers_helpful: int = 0
    answers_unhelpful: int = 0


@retryable_when_away
async def keep_opinion(store: Store, opinion: Opinion) -> None:
    """What a reader says last of an edition takes the place of what they said before."""
    text = f"{opinion.article_id}|{opinion.edition}"
    kept = {"text": text, **opinion.model_dump(mode="json")}
    identity = f"{text}|{opinion.reader}"
    await store[StoredOpinion].replace_one({"_id": identity}, kept, upsert=True)


@retryable_when_away
async def count_opinions(
    store: Store, editions: Mapping[Id, Millis], cited: Cited
) -> dict[Id, Tally]:
    """Each article's, by id; `editions` are what its readers see now."""
    one = next(iter(editions)) if len(editions) == 1 else None
    numbers: dict[Id, Counter[str]] = {each: Counter(cited.get(each, {})) for each in editions}
    for name, where in (("helpful", True), ("unhelpful", False)):
        for article_id, edition, many in await _by_edition(store, where, one):
            if article_id in numbers:
                current = edition == editions[article_id]
                numbers[article_id][name if current else "before"] += many
    return {each: Tally(article_id=each, **found) for each, found in numbers.items()}


async def _by_edition(
    store: Store, helpful: bool, article_id: Id | None
) -> list[tuple[Id, Millis, int]]:
    where: Raw = {"helpful": helpful, **({"article_id": article_id} if article_id else {})}
    stages = [{"$match": where}, {"$group": {"_id": "$text", "many": {"$sum": 1}}}]
    groups = await (await store[StoredOpinion].aggregate(stages)).to_list()
    texts = [(each["_id"].split("|"), each["many"]) for each in groups]
    return [(article, int(edition), many) for (article, edition), many in texts]


@retryable_when_away
async def fetch_words(store: Store, article_id: Id, limit: int) -> list[Raw]:
    """What readers wrote, newest first."""
    where = {"article_id": article_id, "word": {"$ne": ""}}
    return await store[StoredOpinion].find(where).sort([("at", DESCENDING)]).limit(limit).to_list()


async def erase_opinions(store: Store, where: Mapping[str, Any]) -> None:
    """Those of an article that is gone, or of a reader who is to be forgotten."""
    await store[StoredOpinion].delete_many(dict(where))
