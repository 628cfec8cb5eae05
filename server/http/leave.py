"""Leave: what was noted, the calendars that are followed, and what they say."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from domain.access import Permission, Scope
from domain.document import require
from domain.errors import NotFound
from domain.leave.commands import CreateLeave, FollowCalendar, UpdateLeave
from domain.leave.decide import may_manage
from domain.leave.state import Leave
from domain.message import Id, Millis, Record
from server.http.asked import asked
from server.http.operation import Call, operation
from server.store.connect import Raw
from server.store.documents import fetch, find
from server.store.models import FollowedCalendar

SHOWN = 500


class Entry(BaseModel):
    """One entry of a calendar; `title` is shown to whose it is, and who manages them."""

    start: Millis
    end: Millis
    title: str = ""


class LeaveInfo(BaseModel):
    """A leave, or a calendar with its `entries`: `read_at` is when it was last read, `error` why
    it could not be read since. `note`, `url` and titles are for whose they are, and who manages
    them: `may_change` says whether the asker does."""

    id: Id
    version: int
    user_id: Id
    start: Millis | None
    end: Millis | None
    note: str
    url: str | None
    calendar: bool
    entries: tuple[Entry, ...] = ()
    read_at: Millis | None = None
    error: str | None = None
    may_change: bool


class Leaves(BaseModel):
    items: tuple[LeaveInfo, ...]


class LeavesQuery(Record):
    """`since` leaves out what is over by then."""

    user_id: Id | None = None
    since: Millis = 0


async def _show(call: Call, leaves: list[Leave]) -> list[LeaveInfo]:
    ids = [each.id for each in leaves if each.url]
    found = call.parts.store[FollowedCalendar].find({"_id": {"$in": ids}})
    read: dict[str, Raw] = {raw["_id"]: raw async for raw in found}
    return [_info(call, each, read.get(each.id)) for each in leaves]


def _info(call: Call, leave: Leave, raw: Raw | None) -> LeaveInfo:
    mine = may_manage(call.actor, leave.user_id)
    entries: list[Any] = raw["entries"] if raw and raw["url"] == leave.url else []
    return LeaveInfo(
        id=leave.id,
        version=leave.version,
        user_id=leave.user_id,
        start=leave.start,
        end=leave.end,
        note=leave.note if mine else "",
        url=leave.url if mine else None,
        calendar=leave.url is not None,
        entries=tuple(
            Entry(start=start, end=end, title=title if mine else "")
            for start, end, title in entries[:SHOWN]
        ),
        read_at=raw["read_at"] or None if raw else None,
        error=raw["error"] if raw and mine else None,
        may_change=mine,
    )


async def _one(call: Call, leave_id: Id) -> LeaveInfo:
    leave = await fetch(call.parts.store, Leave, leave_id)
    if leave is None:
        raise NotFound("There is no such leave.")
    _may_read(call, leave.user_id)
    return (await _show(call, [leave]))[0]


def _may_read(call: Call, user_id: Id | None) -> None:
    """Everybody their own; all of it who may see how everybody works."""
    require(call.actor, Permission.AGENT_READ)
    everybody = call.actor.permissions.get(Permission.AGENT_READ) is Scope.ALL
    if not everybody and user_id != call.actor.user_id:
        raise NotFound("There is no such leave.")


@operation("GET", "/api/leave", "Who is on leave when", takes=LeavesQuery, answers=Leaves)
async def list_leave(call: Call, query: LeavesQuery) -> Leaves:
    require(call.actor, Permission.AGENT_READ)
    everybody = call.actor.permissions.get(Permission.AGENT_READ) is Scope.ALL
    whose = query.user_id if everybody else call.actor.user_id
    where: Raw = {} if whose is None else {"state.user_id": whose}
    open_ended: Raw = {"$or": [{"state.end": None}, {"state.end": {"$gt": query.since}}]}
    found = await find(call.parts.store, Leave, {**where, **open_ended}, limit=SHOWN)
    return Leaves(items=tuple(await _show(call, found)))


@operation(
    "POST",
    "/api/leave",
    "Note that somebody is away",
    takes=asked(CreateLeave),
    answers=LeaveInfo,
    status=201,
)
async def create_leave(call: Call, given: BaseModel) -> LeaveInfo:
    outcome = await call.command("leave.create", given)
    return await _one(call, outcome.result["leave_id"])


@operation(
    "POST",
    "/api/leave/calendars",
    "Take somebody's leave from a calendar",
    takes=asked(FollowCalendar),
    answers=LeaveInfo,
    status=201,
)
async def follow_calendar(call: Call, given: BaseModel) -> LeaveInfo:
    outcome = await call.command("leave.follow", given)
    return await _one(call, outcome.result["leave_id"])


@operation("GET", "/api/leave/{id}", "Read a leave", answers=LeaveInfo)
async def read_leave(call: Call) -> LeaveInfo:
    return await _one(call, call.id())


@operation(
    "PUT",
    "/api/leave/{id}",
    "Change a leave",
    takes=asked(UpdateLeave, "leave_id"),
    answers=LeaveInfo,
)
async def update_leave(call: Call, given: BaseModel) -> LeaveInfo:
    await call.command("leave.update", given, leave_id=call.id())
    return await _one(call, call.id())


@operation("DELETE", "/api/leave/{id}", "Take a leave away")
async def delete_leave(call: Call) -> None:
    await call.command("leave.delete", leave_id=call.id())


OPERATIONS = (list_leave, create_leave, follow_calendar, read_leave, update_leave, delete_leave)
