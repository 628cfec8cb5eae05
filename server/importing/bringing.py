"""Brings articles in: new ones made, changed ones changed, and what is the same left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any
from uuid import uuid4

from domain.access import Actor, Permission
from domain.document import require
from domain.errors import Conflict, DomainError
from domain.inbox.state import Category
from domain.knowledge.commands import CreateArticle, UpdateArticle
from domain.knowledge.state import Article, Language, Reach, Stage
from domain.message import Id, Record
from domain.ports import Clock, Dispatch
from server.importing.files import Bad, File, Wrong
from server.importing.reading import Found, Read, read
from server.store.connect import Store
from server.store.documents import find
from server.store.leases import Leases

LEASE = "articles.import"
LEASE_MS = 30_000
COMPARED = ("title", "body", "summary", "category", "language", "reach", "stage")


class Outcome(StrEnum):
    """What becomes of an article of an import, or would become of it."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    BAD = "bad"


class Line(Record):
    """One article of an import. `no_category` names a category that does not exist."""

    source: str
    outcome: Outcome
    title: str = ""
    article_id: Id | None = None
    no_category: str | None = None
    wrong: Wrong | None = None
    detail: str = ""


class Options(Record):
    """What holds where a file says nothing: of new articles, and of those that are there only what
    is named."""

    reach: Reach | None = None
    stage: Stage | None = None
    language: Language | None = None
    category: str | None = None


class Bringing:
    """One import at a time, so that no article is made twice. Raises Conflict, Forbidden."""

    def __init__(self, store: Store, dispatch: Dispatch, clock: Clock, actor: Actor) -> None:
        self._store = store
        self._dispatch = dispatch
        self._leases = Leases(store, clock)
        self._actor = actor

    async def bring(self, files: Iterable[File], options: Options, *, dry: bool) -> list[Line]:
        """What became of each article; with `dry` what would, and nothing is touched."""
        require(self._actor, Permission.ARTICLE_MANAGE)
        found = await asyncio.to_thread(lambda: [each for file in files for each in read(file)])
        token = await self._leases.acquire(LEASE, LEASE_MS)
        if token is None:
            raise Conflict("Somebody else is importing; try it again when they are done.")
        try:
            return await self._bring(found, options, dry=dry)
        finally:
            await self._leases.release(LEASE, token)

    async def _bring(self, found: list[Found], options: Options, *, dry: bool) -> list[Line]:
        categories = {_key(each.name): each.id for each in await find(self._store, Category)}
        sources = [each.source for each in found]
        there = {
            each.source: each
            for each in await find(self._store, Article, {"state.source": {"$in": sources}})
        }
        lines: list[Line] = []
        seen: set[str] = set()
        for source, article in found:
            await self._leases.acquire(LEASE, LEASE_MS)
            if isinstance(article, Bad):
                lines.append(_bad(source, article))
            elif source in seen:
                lines.append(_bad(source, Bad(Wrong.INVALID, "twice")))
            else:
                seen.add(source)
                known = there.get(source)
                lines.append(await self._one(article, known, options, categories, dry=dry))
        return lines

    async def _one(
        self,
        article: Read,
        known: Article | None,
        options: Options,
        categories: Mapping[str, Id],
        *,
        dry: bool,
    ) -> Line:
        wanted = {
            **options.model_dump(exclude_none=True),
            **article.model_dump(exclude_none=True, exclude={"source"}),
        }
        name = wanted.pop("category", None)
        category = categories.get(_key(name)) if name else None
        if category:
            wanted["category"] = category
        line = Line(
            source=article.source,
            outcome=_outcome(known, wanted),
            title=article.title,
            article_id=known.id if known else None,
            no_category=name if name and not category else None,
        )
        if dry or line.outcome is Outcome.SAME:
            return line
        try:
            return line.model_copy(update={"article_id": await self._write(article, known, wanted)})
        except DomainError as error:
            return _bad(article.source, Bad(Wrong.REFUSED, error.message))

    async def _write(self, article: Read, known: Article | None, wanted: dict[str, Any]) -> Id:
        named: dict[str, Any] = {**wanted, "command_id": str(uuid4())}
        if known is None:
            command = CreateArticle.model_validate({**named, "source": article.source})
        else:
            version = {"article_id": known.id, "version": known.version}
            command = UpdateArticle.model_validate({**named, **version})
        return (await self._dispatch.dispatch(command, self._actor)).result["article_id"]


def _outcome(known: Article | None, wanted: Mapping[str, Any]) -> Outcome:
    if known is None:
        return Outcome.NEW
    same = all(getattr(known, name) == wanted[name] for name in COMPARED if name in wanted)
    return Outcome.SAME if same else Outcome.CHANGED


def _bad(source: str, bad: Bad) -> Line:
    return Line(source=source, outcome=Outcome.BAD, wrong=bad.wrong, detail=bad.detail)


def _key(name: str) -> str:
    """Folders are written as folders are."""
    return name.replace("-", " ").replace("_", " ").casefold().strip()
