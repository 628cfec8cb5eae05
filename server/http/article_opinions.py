"""Whether articles help: said by their readers, counted for those who write them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.access import Permission
from domain.document import require
from domain.errors import Invalid, NotFound
from domain.knowledge.state import Article
from domain.message import Id, Millis, Record
from domain.rates import network_of
from server.auth.throttle import HOUR_MS, Quota
from server.http.documents import load_article
from server.http.operation import Call, Who, operation
from server.store.citations import count_citing
from server.store.documents import fetch, find
from server.store.opinions import (
    Opinion,
    Tally,
    count_opinions,
    fetch_words,
    keep_opinion,
)

OPINIONS = Quota("opinions from your network", 60, HOUR_MS)
WORDS_SHOWN = 20


class Said(BaseModel):
    """`reader` is an id that the browser of somebody without a log-in makes up for itself, so that
    their second opinion takes the place of the first."""

    model_config = ConfigDict(extra="forbid")

    helpful: bool
    word: Annotated[str, Field(max_length=500)] = ""
    reader: Id | None = None


class Word(Record):
    """What a reader wrote; `current` says that they read what the article is now."""

    helpful: bool
    word: str
    at: Millis
    current: bool


class ArticleFeedback(Record):
    tally: Tally
    words: tuple[Word, ...]


class Tallies(Record):
    items: tuple[Tally, ...]


@operation(
    "POST",
    "/api/articles/{id}/feedback",
    "Say whether an article helped; a second word on the same text takes the place of the first",
    takes=Said,
    who=Who.READER,
)
async def say(call: Call, given: Said) -> None:
    article = await load_article(call, call.id())
    if not call.stranger:
        reader = call.actor.id
    elif given.reader is None:
        raise Invalid("Who has no log-in says which reader it is.", fields={"reader": "missing"})
    else:
        await call.parts.throttle.spend(OPINIONS, network_of(call.address))
        reader = f"stranger:{given.reader}"
    opinion = Opinion(
        article_id=article.id,
        edition=article.updated_at,
        reader=reader,
        helpful=given.helpful,
        word=given.word.strip(),
        at=call.parts.clock.now(),
    )
    await keep_opinion(call.parts.store, opinion)


@operation(
    "GET",
    "/api/articles/feedback",
    "Count for each article whom it helped",
    answers=Tallies,
)
async def list_feedback(call: Call) -> Tallies:
    require(call.actor, Permission.ARTICLE_MANAGE)
    store = call.parts.store
    editions = {each.id: each.updated_at for each in await find(store, Article)}
    tallies = await count_opinions(store, editions, await call.parts.citations.counted())
    return Tallies(items=tuple(tallies.values()))


@operation(
    "GET",
    "/api/articles/{id}/feedback",
    "See whom an article helped, and what they wrote",
    answers=ArticleFeedback,
)
async def read_feedback(call: Call) -> ArticleFeedback:
    require(call.actor, Permission.ARTICLE_MANAGE)
    store = call.parts.store
    article = await fetch(store, Article, call.id())
    if article is None:
        raise NotFound("There is no such article.")
    editions = {article.id: article.updated_at}
    cited = await count_citing(store, call.parts.clock.now(), article.id)
    tally = (await count_opinions(store, editions, cited))[article.id]
    words = tuple(
        Word(
            helpful=each["helpful"],
            word=each["word"],
            at=each["at"],
            current=each["edition"] == article.updated_at,
        )
        for each in await fetch_words(store, article.id, WORDS_SHOWN)
    )
    return ArticleFeedback(tally=tally, words=words)


OPERATIONS = (say, list_feedback, read_feedback)
