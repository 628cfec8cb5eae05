"""What can be asked of articles."""

from __future__ import annotations

from typing import ClassVar, Literal

from domain.document import Creation, Edit
from domain.knowledge.state import ArticleBody, Headline, Language, Reach, Stage, Summary
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


class UpdateArticle(Edit):
    """Change an article, publish it, or take it back to a draft."""

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


class DeleteArticle(Edit):
    type: Literal["article.delete"] = "article.delete"
    kind: ClassVar[str] = "article"
    article_id: Id
