"""Finding articles while somebody is still typing what they want to know."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.knowledge.state import Language
from domain.message import Record
from domain.wire import FoundArticle
from server.article_search import found_articles
from server.http.operation import Call, Who, operation


class ArticleSearch(BaseModel):
    """`q` is a question or its beginning; without a `language` all are searched."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(max_length=500)]
    language: Language | None = None
    limit: Annotated[int, Field(ge=1, le=20)] = 5


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
    actor = None if call.stranger else call.actor
    found = await found_articles(call.parts.library, actor, query.q, query.language, query.limit)
    return FoundArticles(items=found)


OPERATIONS = (search_articles,)
