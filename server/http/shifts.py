"""The rota: who works when in a week, with what is planned otherwise."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from domain.errors import NotFound
from domain.message import Id, Millis, Record
from domain.people.shifts import (
    FIRST_YEAR,
    LAST_YEAR,
    ShiftException,
    Shifts,
    Span,
    Zone,
    spans,
)
from domain.people.state import Team, User
from server.http.agents import visible_roster
from server.http.operation import Call, operation
from server.store.documents import fetch
from server.store.leave import Away, away

FirstDay = Annotated[date, Field(ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31))]


class ShiftsQuery(Record):
    """`start` is the first of so many `days`, such as 2026-11-30; without it the Monday of this
    week. Days begin as the clocks of `zone` say."""

    team_id: Id | None = None
    start: FirstDay | None = None
    days: Annotated[int, Field(ge=1, le=31)] = 7
    zone: Zone = "UTC"


class Interval(BaseModel):
    start: Millis
    end: Millis


class AwayInterval(Interval):
    """`leave_id` is the leave, or the calendar that it comes from."""

    leave_id: Id
    from_calendar: bool


class RotaRow(BaseModel):
    """Somebody's week in moments. `always`: they have no set hours. `shifts` are what they work by
    their weekly shifts and exceptions, leave not taken out; `weekly`, `planned` and `exceptions`
    are what that was made of, on the clock of their `zone`."""

    agent_id: Id
    name: str
    zone: str
    team_ids: tuple[Id, ...]
    always: bool
    shifts: tuple[Interval, ...]
    breaks: tuple[Interval, ...]
    leave: tuple[AwayInterval, ...]
    weekly: Shifts
    planned: Shifts
    exceptions: tuple[ShiftException, ...]


class RotaWeek(BaseModel):
    """From the first moment of the first day to the last of the last; `days` are each day's first
    moments."""

    start: Millis
    end: Millis
    zone: str
    days: tuple[Millis, ...]
    rows: tuple[RotaRow, ...]


@operation("GET", "/api/shifts", "Who works when in a week", takes=ShiftsQuery, answers=RotaWeek)
async def read_shifts(call: Call, query: ShiftsQuery) -> RotaWeek:
    place = ZoneInfo(query.zone)
    first = query.start or _monday(call.parts.clock.now(), place)
    edges = [_midnight(first + timedelta(days=day), place) for day in range(query.days + 1)]
    roster = await visible_roster(call)
    if query.team_id is not None:
        await _known(call, query.team_id)
    shown = [
        each for each in roster.values() if query.team_id is None or query.team_id in each.team_ids
    ]
    absent = await away(call.parts.store, [each.user.id for each in shown], edges[0], edges[-1])
    week = Span(edges[0], edges[-1])
    rows = [_row(each.user, each.team_ids, absent[each.user.id], week) for each in shown]
    return RotaWeek(
        start=week.start,
        end=week.end,
        zone=query.zone,
        days=tuple(edges[:-1]),
        rows=tuple(sorted(rows, key=lambda row: row.name.casefold())),
    )


def _row(user: User, team_ids: tuple[Id, ...], absent: list[Away], week: Span) -> RotaRow:
    first = datetime.fromtimestamp(week.start / 1000, ZoneInfo(user.zone)).date()
    last = datetime.fromtimestamp(week.end / 1000, ZoneInfo(user.zone)).date()
    return RotaRow(
        agent_id=user.id,
        name=user.name,
        zone=user.zone,
        team_ids=team_ids,
        always=not user.shifts,
        shifts=_within(user.shifts, user, week),
        breaks=_within(user.breaks, user, week, planned=True),
        leave=tuple(
            AwayInterval(
                start=each.span.start,
                end=each.span.end,
                leave_id=each.leave_id,
                from_calendar=each.from_calendar,
            )
            for each in absent
        ),
        weekly=user.shifts,
        planned=user.breaks,
        exceptions=tuple(each for each in user.exceptions if first <= each.date <= last),
    )


def _within(
    shifts: Shifts, user: User, week: Span, *, planned: bool = False
) -> tuple[Interval, ...]:
    """What there is of shifts or breaks in a week; who has no shifts is always there."""
    exceptions = () if planned else user.exceptions
    if not shifts:
        return ()
    coming = takewhile(
        lambda span: span.start < week.end, spans(shifts, user.zone, week.start, exceptions)
    )
    return tuple(Interval(start=span.start, end=span.end) for span in coming)


async def _known(call: Call, team_id: Id) -> None:
    if await fetch(call.parts.store, Team, team_id) is None:
        raise NotFound("There is no such team.")


def _monday(now: Millis, place: ZoneInfo) -> date:
    today = datetime.fromtimestamp(now / 1000, place).date()
    return today - timedelta(days=today.weekday())


def _midnight(day: date, place: ZoneInfo) -> Millis:
    return int(datetime(day.year, day.month, day.day, tzinfo=place).timestamp()) * 1000


OPERATIONS = (read_shifts,)
