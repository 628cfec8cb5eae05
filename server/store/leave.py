"""Who is away when: what was noted, and what followed calendars were last read to say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from domain.leave.state import Leave
from domain.message import Id, Millis
from domain.people.shifts import Span
from server.store.connect import Store
from server.store.documents import find, kind_of
from server.store.kinds import LIVE
from server.store.models import FollowedCalendar

AHEAD: Millis = 3 * 24 * 3_600_000
"""How far ahead leave matters for who asks about now."""


BEHIND: Millis = 31 * 24 * 3_600_000
"""How long after its end somebody may still look at a leave in a week gone by."""


class Away(NamedTuple):
    """One span of somebody's leave, and the document it stands in or comes from."""

    span: Span
    leave_id: Id
    note: str
    from_calendar: bool


async def away(
    store: Store, user_ids: Iterable[Id], since: Millis, until: Millis
) -> dict[Id, list[Away]]:
    """By user, what lies at least partly between two moments, the earliest first; two queries."""
    found = {user_id: list[Away]() for user_id in user_ids}
    if not found:
        return found
    noted = {
        "state.user_id": {"$in": list(found)},
        "state.start": {"$lt": until},
        "state.end": {"$gt": since},
    }
    for leave in await find(store, Leave, noted):
        span = Span(leave.start or 0, leave.end or 0)  # What is found has both.
        found[leave.user_id].append(Away(span, leave.id, leave.note, from_calendar=False))
    async for raw in store[FollowedCalendar].find({"user_id": {"$in": list(found)}}):
        for start, end, note in raw["entries"]:
            if start < until and end > since:
                span = Span(start, end)
                found[raw["user_id"]].append(Away(span, raw["_id"], note, from_calendar=True))
    for spans in found.values():
        spans.sort()
    return found


async def leave_of(store: Store, user_ids: Iterable[Id], now: Millis) -> dict[Id, list[Span]]:
    """By user, the spans that matter for who asks whether they are there now."""
    found = await away(store, user_ids, now, now + AHEAD)
    return {user_id: [each.span for each in spans] for user_id, spans in found.items()}


async def leave_marks(store: Store, user_ids: Iterable[Id], now: Millis) -> dict[Id, str]:
    """By user who has any, a text that is another whenever any of their leave is; two queries."""
    ids = list(user_ids)
    marks: dict[Id, str] = {}
    recent = [{"state.end": None}, {"state.end": {"$gt": now - BEHIND}}]
    kept = store[kind_of(Leave).model].find(
        {"state.user_id": {"$in": ids}, "$or": recent, **LIVE}, {"version": 1, "state.user_id": 1}
    )
    async for raw in kept.sort("_id"):
        user_id = raw["state"]["user_id"]
        marks[user_id] = f"{marks.get(user_id, '')} {raw['_id']}:{raw['version']}"
    followed = store[FollowedCalendar].find({"user_id": {"$in": ids}}, {"user_id": 1, "entries": 1})
    async for raw in followed.sort("_id"):
        marks[raw["user_id"]] = f"{marks.get(raw['user_id'], '')} {raw['entries']}"
    return marks
