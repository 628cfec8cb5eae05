"""Articles for who is still typing what they want to know, over HTTP and over the socket alike."""

from __future__ import annotations

from typing import Any

from domain.access import Actor, Permission
from domain.document import require
from domain.message import Audience
from domain.wire import FoundArticle, Highlighted
from server.http.rates import Rates
from server.library import Library


async def found_articles(
    library: Library, actor: Actor | None, question: str, language: str | None, limit: int
) -> tuple[FoundArticle, ...]:
    """What somebody may read of what fits best; None is a stranger. Raises Forbidden."""
    if actor is not None:
        require(actor, Permission.CATALOG_READ)
    found = await library.search(
        question,
        public_only=actor is None or actor.audience is Audience.PUBLIC,
        language=language,
        limit=limit,
    )
    return tuple(
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
        if article.public or (actor is not None and article.seen_by(actor))
    )


class SocketSearch:
    """The socket's search: a person has one allowance for both doors."""

    def __init__(self, library: Library, rates: Rates) -> None:
        self._library = library
        self._rates = rates

    async def __call__(
        self, actor: Actor, question: str, language: str | None, limit: int
    ) -> list[dict[str, Any]]:
        self._rates.admit_search(actor)
        found = await found_articles(self._library, actor, question, language, limit)
        return [each.model_dump(mode="json") for each in found]
