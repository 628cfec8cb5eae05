"""When a desk is open: weekly hours on the clock of a place, and the days on which it is not."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Annotated, NamedTuple, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints

from domain.document import Document
from domain.errors import Flaw, Invalid
from domain.message import Record
from domain.people.shifts import Shift, Weekday, Zone
from domain.people.state import Name

DAY_MINUTES = 24 * 60


def _a_day(text: str) -> str:
    date.fromisoformat(text)
    return text


Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_a_day)]
"""A day as `2026-12-24`."""
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1, such as ES."""
Subdivision = Annotated[str, StringConstraints(min_length=1, max_length=60)]
"""A part of a country as its holidays are told apart, such as VC."""


class OpenHours(Shift):
    """Open on some days of every week; an `end` that is not after `start` is on the next day."""


class Holiday(Record):
    """A day on which a desk stays closed."""

    date: Day
    name: Name


Week = Annotated[tuple[OpenHours, ...], Field(max_length=50)]
Holidays = Annotated[tuple[Holiday, ...], Field(max_length=400)]
Days = Annotated[tuple[Day, ...], Field(max_length=400)]


class Calendar(Document):
    """`holidays` are its own; those of `country` and `subdivision` come on top of them, but for
    the days in `worked`. A holiday takes the whole day, from midnight to midnight."""

    name: Name
    zone: Zone = "UTC"
    hours: Week
    holidays: Holidays = ()
    country: Country | None = None
    subdivision: Subdivision | None = None
    worked: Days = ()


class Stretch(NamedTuple):
    """Open hours within one day, in minutes since its midnight; it does not hold its end."""

    start: int
    end: int


DayHours: TypeAlias = tuple[Stretch, ...]


class WeekHours(Record):
    """The hours of a week, day by day: what goes on over midnight is cut there."""

    hours: Week

    @cached_property
    def days(self) -> tuple[DayHours, ...]:
        """By weekday from Monday on, in order, what touches joined."""
        return tuple(_joined(each) for each in _placed(self.hours))


def check_hours(hours: Week) -> None:
    """Raise Invalid where there are none, or two of them overlap."""
    if not hours:
        raise Invalid("A calendar without hours is never open.", fields={"hours": Flaw.NO_HOURS})
    for weekday, stretches in zip(Weekday, _placed(hours), strict=True):
        for one, other in pairwise(sorted(stretches)):
            if other.start < one.end:
                raise Invalid(
                    f"Two of the hours overlap on {weekday}: {_shown(one)} and {_shown(other)}.",
                    fields={"hours": Flaw.OVERLAP},
                )


def _placed(hours: Week) -> list[list[Stretch]]:
    week: list[list[Stretch]] = [[] for _ in Weekday]
    for each in hours:
        start = _minutes(each.start)
        end = start + int(each.lasts.total_seconds()) // 60
        for day in each.days:
            place = list(Weekday).index(day)
            week[place].append(Stretch(start, min(end, DAY_MINUTES)))
            if end > DAY_MINUTES:
                week[(place + 1) % 7].append(Stretch(0, end - DAY_MINUTES))
    return week


def _joined(stretches: list[Stretch]) -> DayHours:
    joined: list[Stretch] = []
    for each in sorted(stretches):
        if joined and each.start <= joined[-1].end:
            joined[-1] = Stretch(joined[-1].start, max(joined[-1].end, each.end))
        else:
            joined.append(each)
    return tuple(joined)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _shown(stretch: Stretch) -> str:
    start, end = (f"{minutes // 60:02}:{minutes % 60:02}" for minutes in stretch)
    return f"{start}–{end}"
