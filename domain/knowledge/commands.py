"""What can be asked of articles."""

from __future__ import annotations

from typing import ClassVar, Literal

from domain.document import Creation, Edit
from domain.knowledge.state import (
    ArticleBody,
    Headline,
    Language,
    Reach,
    Source,
    Stage,
    Summary,
    Words,
)
from domain.message import Id


class CreateArticle(Creation):
    type: Literal["article.create"] = "article.create"
    kind: ClassVar[str] = "article"
    title: Headline
    body: ArticleBody
    summary: Summary = ""
    category: Id | None = None
    language: Language = "en"
    reach: Reach = Reach.PUBLIC
    stage: Stage = Stage.DRAFT
    ticket_id: Id | None = None
    source: Source | None = None


class UpdateArticle(Edit):
    """Change an article, publish it, or take it back to a draft.

    `revision` is what readers do not see before it is published, which is a change of the words
    themselves with a `revision` of null.
    """

    type: Literal["article.update"] = "article.update"
    kind: ClassVar[str] = "article"
    article_id: Id
    title: Headline | None = None
    body: ArticleBody | None = None
    summary: Summary | None = None
    category: Id | None = None
    language: Language | None = None
    reach: Reach | None = None
    stage: Stage | None = None
    revision: Words | None = None


class DeleteArticle(Edit):
    type: Literal["article.delete"] = "article.delete"
    kind: ClassVar[str] = "article"
    article_id: Id
