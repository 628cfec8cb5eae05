"""Business time by somebody who watches the clock on the wall, minute by minute.

Slow, and made of nothing that the rules are made of: it asks the zone what every single minute
looks like, and the calendar, as it was written down, whether that is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.sla.calendar import Calendar
from tests.domain.sla.hours import HOUR, MINUTE, at

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Shown(NamedTuple):
    """What the clock shows: the weekday and the one before, the time of day, the date."""

    today: str
    yesterday: str
    clock: str
    date: str


@lru_cache(maxsize=64)
def wall(zone: str, day: str, days: int) -> tuple[int, tuple[Shown, ...]]:
    """Some days round a date, as a clock shows them that never goes back."""
    place = ZoneInfo(zone)
    start = at(f"{day}T12:00") - days * 12 * HOUR
    shown: list[Shown] = []
    latest = datetime.min  # noqa: DTZ901 - earlier than everything
    for minute in range(days * 24 * 60):
        moment = datetime.fromtimestamp((start + minute * MINUTE) / 1000, place)
        latest = max(latest, moment.replace(tzinfo=None))
        today = latest.weekday()
        shown.append(
            Shown(DAYS[today], DAYS[today - 1], latest.strftime("%H:%M"), f"{latest:%Y-%m-%d}")
        )
    return start, tuple(shown)


class Watched:
    """The minutes of some days, each open or not."""

    def __init__(self, calendar: Calendar, holidays: set[str], day: str, days: int) -> None:
        self.start, shown = wall(calendar.zone, day, days)
        self.end = self.start + len(shown) * MINUTE
        rules = [(set(each.days), each.start, each.end) for each in calendar.hours]
        closed = holidays - set(calendar.worked) | {each.date for each in calendar.holidays}
        self.open = [_is_open(each, rules, closed) for each in shown]
        self._upto = [0, *accumulate(self.open)]

    def between(self, start: int, end: int) -> int:
        """How many minutes count, of two moments on the minute."""
        first, last = ((each - self.start) // MINUTE for each in (start, end))
        return self._upto[last] - self._upto[first]

    def add(self, start: int, minutes: int) -> int | None:
        """After how many minutes of watching so many counted; None: not within these days."""
        place = (start - self.start) // MINUTE
        while minutes and place < len(self.open):
            minutes -= self.open[place]
            place += 1
        return None if minutes else self.start + place * MINUTE

    def back(self, start: int, minutes: int) -> int | None:
        place = (start - self.start) // MINUTE
        while minutes and place:
            place -= 1
            minutes -= self.open[place]
        while place and not self.open[place - 1]:
            place -= 1
        return None if minutes or not place else self.start + place * MINUTE

    def intervals(self) -> Iterator[tuple[int, int]]:
        began = None
        for place, is_open in enumerate([*self.open, False]):
            moment = self.start + place * MINUTE
            if is_open and began is None:
                began = moment
            elif not is_open and began is not None:
                yield began, moment
                began = None


def _is_open(shown: Shown, rules: list[tuple[set[str], str, str]], closed: set[str]) -> bool:
    if shown.date in closed:
        return False
    return any(_holds(rule, shown) for rule in rules)


def _holds(rule: tuple[set[str], str, str], shown: Shown) -> bool:
    days, start, end = rule
    if end > start:
        return shown.today in days and start <= shown.clock < end
    evening = shown.today in days and shown.clock >= start
    return evening or (shown.yesterday in days and shown.clock < end)


def day_after(day: str, days: int) -> str:
    return f"{datetime.fromisoformat(day) + timedelta(days=days):%Y-%m-%d}"
