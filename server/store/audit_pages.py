"""The audit log in pages, newest first."""

from __future__ import annotations

from pymongo import DESCENDING

from domain.errors import Invalid
from server.store.audit import AuditEntry
from server.store.connect import Raw, Store
from server.store.reach import retryable_when_away


@retryable_when_away
async def page_audit(
    store: Store, document: str | None, actor: str | None, after: str | None, limit: int
) -> list[Raw]:
    """Entries newest first, from after `<at>:<id>` on; raises Invalid for another cursor.

    What was changed within the last seconds may still stand with its document.
    """
    exact = {"document": document, "actor.id": actor}
    where: Raw = {path: value for path, value in exact.items() if value is not None}
    if after is not None:
        at, _, identity = after.partition(":")
        if not (at.isascii() and at.isdecimal() and len(at) < 17 and identity):
            raise Invalid("This is no cursor of the audit log.", fields={"after": "not a cursor"})
        where["$or"] = [{"at": {"$lt": int(at)}}, {"at": int(at), "_id": {"$lt": identity}}]
    newest = [("at", DESCENDING), ("_id", DESCENDING)]
    return await store[AuditEntry].find(where).sort(newest).limit(limit).to_list()
