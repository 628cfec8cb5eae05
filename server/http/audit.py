"""Who changed what of the desk itself: people, teams, roles, inboxes, contacts."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from domain.access import Permission
from domain.document import require
from domain.message import ActorRef, Millis, Record
from server.http.operation import Call, operation
from server.http.paging import Limit, Page
from server.store.audit_pages import page_audit


class AuditQuery(Record):
    """`document` is `<kind>:<id>`, `actor` the id of who did it."""

    document: Annotated[str, Field(pattern=r"^[a-z_]{1,40}:[0-9a-f-]{36}$")] | None = None
    actor: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    after: Annotated[str, Field(max_length=300)] | None = None
    limit: Limit = 50


class AuditShown(BaseModel):
    """One change: `changes` is [from, to] by field, null for what says something about a person,
    which stands in their document only."""

    id: str
    document: str
    type: str
    actor: ActorRef
    at: Millis
    version: int
    changes: dict[str, tuple[Any, Any] | None]


@operation(
    "GET",
    "/api/audit",
    "List the changes of people, teams, roles, inboxes and contacts, newest first",
    takes=AuditQuery,
    answers=Page[AuditShown],
)
async def list_audit(call: Call, query: AuditQuery) -> Page[AuditShown]:
    require(call.actor, Permission.SETTINGS_MANAGE)
    found = await page_audit(
        call.parts.store, query.document, query.actor, query.after, query.limit + 1
    )
    items = tuple(
        AuditShown.model_validate({**raw, "id": raw["_id"]}) for raw in found[: query.limit]
    )
    more = len(found) > query.limit
    return Page(items=items, next=f"{items[-1].at}:{items[-1].id}" if more else None)


OPERATIONS = (list_audit,)
