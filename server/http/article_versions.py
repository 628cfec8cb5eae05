"""What articles were before: their versions, for those who write them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.access import Permission
from domain.document import Version, require
from domain.errors import NotFound
from domain.knowledge.state import Article
from domain.message import ActorRef, Millis, Record
from server.http.operation import Call, operation
from server.http.paging import Limit, Page
from server.store.article_versions import fetch_version, page_versions


class VersionsQuery(Record):
    """`after` is the `next` of the page before."""

    after: Annotated[int, Field(ge=1, le=2**53 - 1)] | None = None
    limit: Limit = 50


class ArticleVersion(Record):
    """One saved change: who made it when, and of which fields."""

    version: Version
    type: str
    actor: ActorRef
    at: Millis
    changed: tuple[str, ...]


@operation(
    "GET",
    "/api/articles/{id}/versions",
    "List the versions of an article, newest first",
    takes=VersionsQuery,
    answers=Page[ArticleVersion],
)
async def list_versions(call: Call, query: VersionsQuery) -> Page[ArticleVersion]:
    require(call.actor, Permission.ARTICLE_MANAGE)
    found = await page_versions(call.parts.store, call.id(), query.after, query.limit + 1)
    items = tuple(
        ArticleVersion(
            version=each["version"],
            type=each["type"],
            actor=each["actor"],
            at=each["at"],
            changed=tuple(name for name in each["changes"] if name != "updated_at"),
        )
        for each in found[: query.limit]
    )
    more = len(found) > query.limit
    return Page(items=items, next=str(items[-1].version) if more else None)


@operation(
    "GET",
    "/api/articles/{id}/versions/{version}",
    "Read an article as it was in a version",
    answers=Article,
)
async def read_version(call: Call) -> Article:
    require(call.actor, Permission.ARTICLE_MANAGE)
    version = call.request.path_params["version"]
    if not (version.isascii() and version.isdecimal() and len(version) < 16):
        raise NotFound("There is no such version.")
    return await fetch_version(call.parts.store, call.id(), int(version))


OPERATIONS = (list_versions, read_version)
