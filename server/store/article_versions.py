"""What an article was: its versions, as the audit entries of its changes have them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from pymongo import DESCENDING

from domain.document import KNOWN_ONLY
from domain.errors import NotFound
from domain.knowledge.state import Article
from domain.message import Id
from server.store.audit import AuditEntry
from server.store.connect import Raw, Store
from server.store.kinds import LIVE, ArticleDocument
from server.store.reach import retryable_when_away


@retryable_when_away
async def page_versions(store: Store, article_id: Id, before: int | None, limit: int) -> list[Raw]:
    """The changes of an article, newest first, those of versions under `before`."""
    document = await _load(store, article_id)
    where: Raw = {"document": f"article:{article_id}"}
    if before is not None:
        where["version"] = {"$lt": before}
    filed = store[AuditEntry].find(where).sort([("at", DESCENDING)]).limit(limit)
    changes = {entry["version"]: entry async for entry in filed}
    for entry in document["pending"]:  # What was changed this moment is filed in the next.
        if entry["changes"] and (before is None or entry["version"] < before):
            changes[entry["version"]] = entry
    return [changes[version] for version in sorted(changes, reverse=True)][:limit]


@retryable_when_away
async def fetch_version(store: Store, article_id: Id, version: int) -> Article:
    """An article as it was; raises NotFound for a version that it never had.

    Of each field the first change after that version says what stood there before.
    """
    document = await _load(store, article_id)
    if not 1 <= version <= document["version"]:
        raise NotFound("There is no such version.")
    state: dict[str, Any] = dict(document["state"])
    first: dict[str, int] = {}
    async for entry in _changes_after(store, document, version):
        for field, change in entry["changes"].items():
            if entry["version"] <= first.get(field, entry["version"]):
                first[field] = entry["version"]
                state[field] = change[0]
    whole = {**state, "id": article_id, "version": version}
    # A field that is younger than this version was empty in it.
    stood = {name: value for name, value in whole.items() if value is not None}
    return Article.model_validate(stood, extra="ignore", context=KNOWN_ONLY)


async def _load(store: Store, article_id: Id) -> Raw:
    document = await store[ArticleDocument].find_one({"_id": article_id, **LIVE})
    if document is None:
        raise NotFound("There is no such article.")
    return document


async def _changes_after(store: Store, document: Raw, version: int) -> AsyncIterator[Raw]:
    """Each at least once: an entry is filed before it is struck from the document."""
    for entry in document["pending"]:
        if entry["version"] > version:
            yield entry
    where = {"document": f"article:{document['_id']}", "version": {"$gt": version}}
    async for entry in store[AuditEntry].find(where):
        yield entry


async def erase_versions(store: Store, document: str) -> None:
    """Take the words of an article that is gone out of the audit; who did what when stays."""
    await store[AuditEntry].update_many({"document": document}, {"$set": {"changes": {}}})
