"""What a command makes of an article."""

from __future__ import annotations

from domain.access import Actor, Permission
from domain.document import Change, Document, edited, present, require
from domain.errors import Invalid
from domain.knowledge.commands import CreateArticle, DeleteArticle, UpdateArticle
from domain.knowledge.facts import Facts
from domain.knowledge.state import Article, Stage
from domain.message import Millis


def decide(
    before: Document | None, command: Change, actor: Actor, now: Millis, facts: Facts
) -> Article | None:
    """The article after a command, None where it shall be no more; raises DomainError.

    What comes back equal to `before` changes nothing. A new article has version 0.
    """
    require(actor, Permission.ARTICLE_MANAGE)
    if before is not None and not isinstance(before, Article):
        raise TypeError(f"{type(before).__name__} is not an Article")
    if not facts.category_known:
        raise Invalid("There is no such category.", fields={"category": "not a category"})
    match command:
        case CreateArticle():
            return _create(command, actor, now)
        case UpdateArticle():
            return _update(present(before, command), command, now)
        case DeleteArticle():
            present(before, command)
            return None
        case _:
            raise TypeError(f"{command.type} is not about articles")


def _create(command: CreateArticle, actor: Actor, now: Millis) -> Article:
    return Article(
        id=command.document_id(actor.id),
        title=command.title,
        body=command.body,
        summary=command.summary,
        category=command.category,
        language=command.language,
        reach=command.reach,
        stage=command.stage,
        ticket_id=command.ticket_id,
        source=command.source,
        author_id=actor.id,
        created_at=now,
        updated_at=now,
    )


def _update(article: Article, command: UpdateArticle, now: Millis) -> Article:
    fields = ("title", "body", "summary", "category", "language", "reach", "stage", "revision")
    after = _settled(edited(article, command, fields, empties=("category", "revision")))
    if after.model_copy(update={"revision": article.revision}) == article:
        return after  # For its readers it is as old as before.
    return after.model_copy(update={"updated_at": now})


def _settled(article: Article) -> Article:
    """A draft has no readers from whom a revision would have to be kept."""
    if article.stage is Stage.PUBLISHED or article.revision is None:
        return article
    return article.model_copy(update={**dict(article.revision), "revision": None})
