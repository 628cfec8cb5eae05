"""Finding articles while somebody is still typing what they want to know."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.access import Permission
from domain.document import require
from domain.knowledge.state import Language, Reach, Stage
from domain.message import Audience, Id, Record
from server.http.operation import Call, Who, operation


class ArticleSearch(BaseModel):
    """`q` is a question or its beginning; without a `language` all are searched."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(max_length=500)]
    language: Language | None = None
    limit: Annotated[int, Field(ge=1, le=20)] = 5


class Highlighted(Record):
    """A piece of a field; `ranges` are [start, end) in characters, where the words stand."""

    field: str
    text: str
    ranges: tuple[tuple[int, int], ...]


class FoundArticle(Record):
    id: Id
    title: str
    summary: str
    category: Id | None
    language: str
    reach: Reach
    stage: Stage
    score: float
    highlights: tuple[Highlighted, ...]


class FoundArticles(Record):
    """The best first; the scores of two questions do not compare."""

    items: tuple[FoundArticle, ...]


@operation(
    "GET",
    "/api/articles/search",
    "Find articles by words; the last may be the beginning of one",
    takes=ArticleSearch,
    answers=FoundArticles,
    who=Who.READER,
)
async def search_articles(call: Call, query: ArticleSearch) -> FoundArticles:
    if not call.stranger:
        require(call.actor, Permission.CATALOG_READ)
    found = await call.parts.library.search(
        query.q,
        public_only=call.stranger or call.actor.audience is Audience.PUBLIC,
        language=query.language,
        limit=query.limit,
    )
    return FoundArticles(
        items=tuple(
            FoundArticle(
                id=article.id,
                title=article.title,
                summary=article.summary,
                category=article.category,
                language=article.language,
                reach=article.reach,
                stage=article.stage,
                score=hit.score,
                highlights=tuple(Highlighted(**each._asdict()) for each in hit.highlights),
            )
            for article, hit in found
            if article.public or (not call.stranger and article.seen_by(call.actor))
        )
    )


OPERATIONS = (search_articles,)
