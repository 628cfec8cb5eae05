"""Articles, as plain documents."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from domain.access import Actor
from domain.document import Document
from domain.message import Audience, Id, Millis, Record
from domain.text import clean_line, clean_text

Headline = Annotated[str, Field(max_length=200), AfterValidator(clean_line)]
Summary = Annotated[str, Field(max_length=500)]
ArticleBody = Annotated[str, Field(max_length=100_000), AfterValidator(clean_text)]
Source = Annotated[str, Field(min_length=1, max_length=500)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


class Reach(StrEnum):
    """Who may read an article once it is published."""

    PUBLIC = "public"
    STAFF = "staff"


class Stage(StrEnum):
    """A draft is for staff alone, whatever its reach."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Words(Record):
    """What an article says. `body` is Markdown."""

    title: Headline
    body: ArticleBody
    summary: Summary = ""


class Article(Document):
    """An answer written once for many questions. `body` is Markdown.

    `revision` is what its writers have made of a published one, and no reader sees yet. `ticket_id`
    is the ticket that it was written from, `source` the file that it came from.
    """

    title: Headline
    body: ArticleBody
    summary: Summary = ""
    revision: Words | None = None
    category: Id | None = None
    language: Language = "en"
    reach: Reach = Reach.PUBLIC
    stage: Stage = Stage.DRAFT
    ticket_id: Id | None = None
    source: Source | None = None
    author_id: Id
    created_at: Millis
    updated_at: Millis

    @property
    def public(self) -> bool:
        return self.reach is Reach.PUBLIC and self.stage is Stage.PUBLISHED

    def seen_by(self, actor: Actor) -> bool:
        """Whether somebody who may read the catalogue finds this article in it."""
        return self.public or actor.audience is Audience.STAFF
