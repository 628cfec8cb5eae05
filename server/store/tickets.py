"""Lists of tickets: filtered, limited to what the asker may read, sorted, in pages."""

from __future__ import annotations

import base64
import re
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple

import orjson
from pydantic import Field

from domain.access import Actor, Permission, Scope
from domain.errors import Forbidden, Invalid
from domain.message import Audience, Id, Millis, Record
from domain.sla.state import Peril
from domain.ticket.state import Channel, Priority, Status, Ticket
from server.store.aggregates import kept_standing
from server.store.connect import Raw, Store
from server.store.models import TicketHeader
from server.store.queues import QUEUED
from server.store.reach import retryable_when_away
from server.store.streams import Streams

LARGEST_PAGE = 100
_NUMBER = re.compile(r"#?(\d{1,12})")


class Sort(StrEnum):
    """What a list can be sorted by."""

    UPDATED = "updated"
    OPENED = "opened"
    PRIORITY = "priority"
    DUE = "due"
    NUMBER = "number"


class Snoozed(StrEnum):
    """What of tickets that were put out of sight. Without a word, staff find them by searching
    only; to clients they look like any other."""

    NO = "no"
    ONLY = "only"
    ANY = "any"


class TicketQuery(Record):
    """Which tickets, in which order. An empty filter lets everything through.

    `owner_id` "none" asks for what nobody has, `queued` for what of that waits for somebody: it is
    neither snoozed nor with its client, an approval or the assistant. `q` looks in titles, and for
    a number. `due_from` is included, `due_before` is not. `after` is the cursor that the page
    before ended with.
    """

    status: tuple[Status, ...] = ()
    priority: tuple[Priority, ...] = ()
    category: Id | None = None
    team_id: Id | None = None
    owner_id: Id | Literal["none"] | None = None
    queued: bool = False
    requester_ids: tuple[Id, ...] = ()
    inbox_id: Id | None = None
    channel: Channel | None = None
    tag: str | None = None
    sla: Peril | None = None
    due_from: Millis | None = None
    due_before: Millis | None = None
    snoozed: Snoozed | None = None
    q: Annotated[str, Field(max_length=200)] = ""
    sort: Sort = Sort.UPDATED
    ascending: bool = False
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = 50
    after: Annotated[str, Field(max_length=500)] | None = None


class TicketPage(NamedTuple):
    """Tickets as the asker sees them; `next` is the cursor of the next page, None at the end."""

    items: list[Ticket]
    next: str | None


@retryable_when_away
async def query_tickets(store: Store, actor: Actor, query: TicketQuery) -> TicketPage:
    """The tickets that an actor may read and a query asks for.

    Raises Forbidden for who may read no tickets, Invalid for a cursor of another list.
    """
    key = _sort_key(query.sort, actor.audience)
    clauses = [{"listed": True}, reach_of(actor), *_filters(query, actor)]
    if query.after is not None:
        clauses.append(_beyond(query, key))
    direction = 1 if query.ascending else -1
    cursor = store[TicketHeader].find({"$and": [clause for clause in clauses if clause]})
    found = (
        await cursor.sort([(key, direction), ("_id", direction)]).limit(query.limit + 1).to_list()
    )
    shown = found[: query.limit]
    items = [(await load_ticket(store, raw)).seen_by(actor.audience) for raw in shown]
    more = len(found) > query.limit
    return TicketPage(items, _cursor(query, key, shown[-1]) if more else None)


async def load_ticket(store: Store, raw: Raw) -> Ticket:
    """The ticket of a header; one of an older shape is folded from its log, and kept."""
    stream = f"ticket:{raw['_id']}"
    standing = kept_standing(stream, raw)
    if standing is None:
        streams = Streams(store)
        await streams.projection.catch_up(stream)
        standing = (await streams.headers.show(stream)).standing
    assert isinstance(standing.state, Ticket)
    return standing.state


def reach_of(actor: Actor) -> Raw:
    """The tickets that `allows` lets an actor read, as a filter."""
    if actor.is_machine:
        return {}
    scope = actor.permissions.get(Permission.TICKET_READ)
    if scope is None:
        raise Forbidden("You may not read tickets.")
    if scope is Scope.ALL:
        return {}
    reach: list[Raw] = [{"state.requester_id": _among(actor.contact_ids)}]
    if actor.user_id is not None:
        reach.append({"state.owner_id": actor.user_id})
    if scope is Scope.COMPANY and actor.company_id is not None:
        reach.append({"state.company_id": actor.company_id})
    if scope is Scope.TEAM:
        reach.append({"state.team_id": _among(sorted(actor.team_ids))})
    return reach[0] if len(reach) == 1 else {"$or": reach}


def _filters(query: TicketQuery, actor: Actor) -> list[Raw]:
    if query.tag is not None and actor.audience is Audience.PUBLIC:
        raise Forbidden("Only staff see tags.", fields={"tag": "only for staff"})
    if query.sla is not None and actor.audience is Audience.PUBLIC:
        raise Forbidden("Only staff see what was promised.", fields={"sla": "only for staff"})
    exact = {
        "state.category": query.category,
        "state.team_id": query.team_id,
        "state.inbox_id": query.inbox_id,
        "state.channel": query.channel,
        "state.private.tags": query.tag,
        "peril": query.sla,
    }
    among = {
        "state.status": [status.value for status in query.status],
        "state.priority": [priority.value for priority in query.priority],
        "state.requester_id": query.requester_ids,
    }
    clauses: list[Raw] = [{path: value} for path, value in exact.items() if value is not None]
    clauses += [{path: _among(values)} for path, values in among.items() if values]
    if query.owner_id is not None:
        clauses.append({"state.owner_id": None if query.owner_id == "none" else query.owner_id})
    if query.queued:
        clauses.append(QUEUED)
    if (query.due_from, query.due_before) != (None, None):
        clauses.append({"state.due_at": {"$gte": query.due_from or 0}})  # Not what is never due.
    if query.due_before is not None:
        clauses.append({"due": {"$lt": query.due_before}})
    words = query.q.replace("\0", "").strip()
    if words:
        clauses.append(_search(words))
    if actor.audience is Audience.STAFF:
        snoozed = query.snoozed or (Snoozed.ANY if words else Snoozed.NO)
        clauses += _snoozed(snoozed)
    return clauses


def _snoozed(wanted: Snoozed) -> list[Raw]:
    match wanted:
        case Snoozed.NO:
            return [{"state.private.snoozed_until": None}]
        case Snoozed.ONLY:
            return [{"state.private.snoozed_until": {"$gt": 0}}]
        case Snoozed.ANY:
            return []


def _search(words: str) -> Raw:
    title: Raw = {"state.title": {"$regex": re.escape(words), "$options": "i"}}
    number = _NUMBER.fullmatch(words)
    return {"$or": [title, {"state.number": int(number[1])}]} if number else title


def _among(values: list[Any] | tuple[Any, ...]) -> Any:  # noqa: ANN401 - a value or an operator
    return values[0] if len(values) == 1 else {"$in": list(values)}


def _sort_key(sort: Sort, audience: Audience) -> str:
    """Clients sort by what they could see: a private note must not move a ticket up."""
    face = "public" if audience is Audience.PUBLIC else "staff"
    return {
        Sort.UPDATED: f"state.{face}.at",
        Sort.OPENED: "state.opened_at",
        Sort.PRIORITY: "rank",
        Sort.DUE: "due",
        Sort.NUMBER: "state.number",
    }[sort]


def _cursor(query: TicketQuery, key: str, last: Raw) -> str:
    value: Any = last
    for part in key.split("."):
        value = value[part]
    text = orjson.dumps([query.sort, query.ascending, value, last["_id"]])
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _beyond(query: TicketQuery, key: str) -> Raw:
    """What comes after the cursor in the order of the list."""
    text = query.after or ""
    try:
        decoded = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        sort, ascending, value, last_id = decoded
        right = (sort, ascending) == (query.sort, query.ascending)
        if not (right and isinstance(value, int) and isinstance(last_id, str)):
            raise ValueError
        if abs(value) >= 2**63:  # No document can hold it.
            raise ValueError
    except (ValueError, TypeError):
        raise Invalid(
            "This page belongs to another list; begin anew.", fields={"after": "another list"}
        ) from None
    beyond = "$gt" if query.ascending else "$lt"
    return {"$or": [{key: {beyond: value}}, {key: value, "_id": {beyond: last_id}}]}
