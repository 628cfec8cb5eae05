"""When somebody works: shifts that come again every week, on the clock of where they are."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import count, pairwise
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, field_validator

from domain.errors import Flaw, Invalid
from domain.message import Millis, Record

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""What is planned is planned between them: beyond, dates and time zones have ends."""
_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)


class Weekday(StrEnum):
    """The days of a week, in its order."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


_WEEKDAYS = tuple(Weekday)


@cache
def _zones() -> frozenset[str]:
    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split()) - {"Factory"}


def _a_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError("There is no such time zone.")
    return name


Zone = Annotated[str, Field(max_length=64), AfterValidator(_a_zone)]
"""A time zone by its IANA name, such as Europe/Amsterdam."""
TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Shift(Record):
    """Hours on some days of every week; an `end` that is not after `start` is on the next day."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)]
    start: TimeOfDay
    end: TimeOfDay

    @field_validator("days")
    @classmethod
    def _in_order(cls, given: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
        return tuple(day for day in Weekday if day in given)

    @property
    def lasts(self) -> timedelta:
        """As the clock on the wall has it: more than nothing, a day at most."""
        return (_since_midnight(self.end) - _since_midnight(self.start)) % _DAY or _DAY


Shifts = Annotated[tuple[Shift, ...], Field(max_length=14)]
"""Without any, somebody has no set hours, and is as if always on shift."""


class Hours(Record):
    """From one time of day to another; an `end` that is not after `start` is on the next day."""

    start: TimeOfDay
    end: TimeOfDay


class ShiftException(Record):
    """What holds in the place of the weekly shifts that would begin on a date: other hours, or
    none. `note` says why, for who reads the rota."""

    date: date
    hours: Annotated[tuple[Hours, ...], Field(max_length=5)] = ()
    note: Annotated[str, Field(max_length=120)] = ""

    def of(self, day: Weekday) -> tuple[Shift, ...]:
        """Its hours as shifts of the day of the week that it is on."""
        return tuple(Shift(days=(day,), start=each.start, end=each.end) for each in self.hours)


Exceptions = Annotated[tuple[ShiftException, ...], Field(max_length=400)]

ALWAYS = (Shift(days=tuple(Weekday), start="00:00", end="00:00"),)
"""The shifts of somebody without set hours, to take exceptions from."""


class Span(NamedTuple):
    """One shift on one day; it does not hold its end."""

    start: Millis
    end: Millis


class Duty(NamedTuple):
    """Whether somebody is on shift, and until when that stays so; None: for ever."""

    on: bool
    until: Millis | None


def check_exceptions(exceptions: Exceptions) -> None:
    """Raise Invalid where a date is named twice or of another age, or its hours overlap others,
    such as those of the night before."""
    dates = [each.date for each in exceptions]
    if strange := [each for each in dates if not FIRST_YEAR <= each.year <= LAST_YEAR]:
        raise Invalid(f"Nobody plans for {strange[0]}.", fields={"exceptions": Flaw.STRANGE_DATE})
    if twice := sorted({each for each in dates if dates.count(each) > 1}):
        raise Invalid(
            f"There are two exceptions for {twice[0]}.", fields={"exceptions": Flaw.TWICE}
        )
    held = sorted(
        (
            (each.date, datetime.combine(each.date, time.fromisoformat(shift.start)), shift.lasts)
            for each in exceptions
            for shift in each.of(Weekday.MON)
        ),
        key=lambda each: each[1],
    )
    for (_, start, lasts), (day, other, _) in pairwise(held):
        if start + lasts > other:
            raise Invalid(f"Two hours of {day} overlap.", fields={"exceptions": Flaw.OVERLAP})


def check_shifts(shifts: Shifts) -> None:
    """Raise Invalid where two of somebody's shifts overlap on the clock on the wall."""
    placed = sorted(
        ((_since_week_began(day, shift), day, shift) for shift in shifts for day in shift.days),
        key=lambda each: each[0],
    )
    again = [(start + _WEEK, day, shift) for start, day, shift in placed[:1]]
    for (start, day, shift), (then, other_day, other) in pairwise([*placed, *again]):
        if start + shift.lasts > then:
            both = f"{day} {shift.start}–{shift.end} and {other_day} {other.start}–{other.end}"
            raise Invalid(f"Two shifts overlap: {both}.", fields={"shifts": Flaw.OVERLAP})


def spans(
    shifts: Shifts, zone: Zone, since: Millis, exceptions: Iterable[ShiftException] = ()
) -> Iterator[Span]:
    """One after another without an end, from the one that is under way at a moment on.

    A time that the clocks show twice is the first of both; one that they skip is the moment of
    the jump, so that a shift within the jump does not happen.
    """
    place = ZoneInfo(zone)
    today = _day(since, place)
    instead = {each.date: each for each in exceptions}
    for days in count(-1):
        day = today + days * _DAY
        other = instead.get(day)
        held = other.of(_WEEKDAYS[day.weekday()]) if other else _on(shifts, day)
        for shift in sorted(held, key=lambda shift: shift.start):
            start = datetime.combine(day, time.fromisoformat(shift.start))
            span = Span(_shown(start, place), _shown(start + shift.lasts, place))
            if span.end > max(since, span.start):
                yield span


def between(
    shifts: Shifts,
    zone: Zone,
    since: Millis,
    until: Millis,
    exceptions: Iterable[ShiftException] = (),
) -> Iterator[Span]:
    """What of these shifts lies between two moments."""
    for span in spans(shifts, zone, since, exceptions):
        if span.start >= until:
            return
        yield Span(max(span.start, since), min(span.end, until))


def duty(shifts: Shifts, zone: Zone, at: Millis, exceptions: Exceptions = ()) -> Duty:
    """Whether somebody with these shifts is on one at a moment; where one ends as the next
    begins, it goes on."""
    held, place = shifts or ALWAYS, ZoneInfo(zone)
    always = sum((len(each.days) * each.lasts for each in held), timedelta()) == _WEEK
    dates = sorted(each.date for each in exceptions)
    until = at
    coming = spans(held, zone, at, exceptions)
    while (span := next(coming)).start <= until:
        until = max(until, span.end)
        if not always:
            continue
        day = _day(until, place)
        ahead = next((each for each in dates if each >= day - _DAY), None)
        if ahead is None:
            return Duty(on=True, until=None)
        if ahead > day + _DAY:  # Nothing is otherwise until then: no day of it is looked at.
            until = _shown(datetime.combine(ahead - _DAY, time.min), place)
            coming = spans(held, zone, until, exceptions)
    return Duty(on=True, until=until) if until > at else Duty(on=False, until=span.start)


def _day(at: Millis, place: ZoneInfo) -> date:
    return datetime.fromtimestamp(at // 1000, place).date()


def _on(shifts: Shifts, day: date) -> list[Shift]:
    return [shift for shift in shifts if _WEEKDAYS[day.weekday()] in shift.days]


def _shown(wall: datetime, place: ZoneInfo) -> Millis:
    """The first second at which the clock on the wall shows a time, or has jumped over it."""
    first, other = (_seconds(wall.replace(tzinfo=place, fold=fold)) for fold in (0, 1))
    if first > other:  # It is skipped: taken by the time before the jump, it lies behind it.
        span = range(other, first + 1)
        first = span[bisect_left(span, wall, key=lambda second: _wall(second, place))]
    return first * 1000


def _seconds(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp())


def _wall(second: int, place: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(second, place).replace(tzinfo=None)


def _since_midnight(clock: TimeOfDay) -> timedelta:
    hours, minutes = clock.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _since_week_began(day: Weekday, shift: Shift) -> timedelta:
    return _WEEKDAYS.index(day) * _DAY + _since_midnight(shift.start)
