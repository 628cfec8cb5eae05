"""Business time: how much of it lies between two moments, and when so much of it is over.

The clock on the wall decides, as one that never goes back: what it shows twice counts as open
all the while where it was open before it was put back, and what it skips is no time at all.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

from domain.message import Millis
from domain.sla.calendar import Calendar, DayHours, WeekHours
from domain.sla.zones import Steady, steady

MINUTE: Millis = 60_000
DAY: Millis = 24 * 60 * MINUTE
MOST_YEARS = 20
"""Beyond this, something is never over."""
_THURSDAY = 3  # The first of January 1970.


class Span(NamedTuple):
    """It does not hold its end."""

    start: Millis
    end: Millis


class Shut(StrEnum):
    """Why time does not count."""

    CLOSED = "closed"
    HOLIDAY = "holiday"


class Piece(NamedTuple):
    """A part of a span of time: open, or why not; `name` is the holiday's."""

    start: Millis
    end: Millis
    shut: Shut | None = None
    name: str | None = None


class _Year(NamedTuple):
    """The open spans of a year by UTC: where they start and end, and how much was open before
    each of them ends; the holidays that take hours away."""

    starts: list[Millis]
    ends: list[Millis]
    upto: list[Millis]
    holidays: list[Piece]

    @property
    def total(self) -> Millis:
        return self.upto[-1] if self.upto else 0

    def before(self, at: Millis) -> Millis:
        """How much is open from the beginning of the year until a moment."""
        place = bisect_right(self.starts, at) - 1
        if place < 0:
            return 0
        return self.upto[place] - max(0, self.ends[place] - at)

    def first(self, amount: Millis) -> Millis:
        """The first moment before which so much is open."""
        place = bisect_left(self.upto, amount)
        return self.ends[place] - (self.upto[place] - amount)


class BusinessTime:
    """The open hours of one calendar. Years are worked out when they are first asked for."""

    def __init__(self, calendar: Calendar, country_holidays: Mapping[str, str]) -> None:
        """`country_holidays` are the names of its country's holidays by day, `2026-12-25`."""
        named = {day: name for day, name in country_holidays.items() if day not in calendar.worked}
        named |= {each.date: each.name for each in calendar.holidays}
        self.name, self.zone = calendar.name, calendar.zone
        self._week = WeekHours(hours=calendar.hours).days
        self._holidays = {_day_number(day): name for day, name in named.items()}
        self._years: dict[int, _Year] = {}

    def is_open(self, at: Millis) -> bool:
        return self.between(at, at + 1) > 0

    def between(self, start: Millis, end: Millis) -> Millis:
        """How much business time there is from one moment to a later one; 0 to an earlier one."""
        if end <= start:
            return 0
        first, last = _year_of(start), _year_of(end)
        whole = sum(self._year(year).total for year in range(first, last))
        return whole - self._year(first).before(start) + self._year(last).before(end)

    def add(self, start: Millis, amount: Millis) -> Millis | None:
        """The first moment at which so much business time is over; None where that is never."""
        if amount == 0:
            return start
        number = _year_of(start)
        return self._forwards(number, amount + self._year(number).before(start))

    def ago(self, end: Millis, amount: Millis) -> Millis | None:
        """The first moment after which no more than so much has passed until `end`.

        So a deadline is the same from wherever it is told: what fell due at closing time did so
        at closing time, be it told at night or on the next day.
        """
        number = _year_of(end)
        return self._backwards(number, self._year(number).before(end) - amount)

    def _forwards(self, number: int, left: Millis) -> Millis | None:
        for ahead in range(MOST_YEARS):
            year = self._year(number + ahead)
            if left <= year.total:
                return year.first(left)
            left -= year.total
        return None

    def _backwards(self, number: int, left: Millis) -> Millis | None:
        for ago in range(MOST_YEARS):
            year = self._year(number - ago)
            left += year.total if ago else 0
            if left > 0:
                return year.first(left)
        return None

    def intervals(self, start: Millis, end: Millis) -> Iterator[Span]:
        """The open spans from one moment to another, cut there; none touches the next."""
        held: Span | None = None
        for number in range(_year_of(start), _year_of(end) + 1):
            year = self._year(number)
            for place in range(bisect_right(year.ends, start), len(year.starts)):
                span = Span(max(start, year.starts[place]), min(end, year.ends[place]))
                if span.start >= span.end:
                    break
                if held is not None and held.end == span.start:  # Over the end of a year.
                    held = Span(held.start, span.end)
                    continue
                if held is not None:
                    yield held
                held = span
        if held is not None:
            yield held

    def pieces(self, start: Millis, end: Millis) -> Iterator[Piece]:
        """All of the time from one moment to another: what is open, and why the rest is not."""
        at = start
        for span in self.intervals(start, end):
            yield from self._gap(at, span.start)
            yield Piece(span.start, span.end)
            at = span.end
        yield from self._gap(at, end)

    def _gap(self, start: Millis, end: Millis) -> Iterator[Piece]:
        """Time in which it is not open, holidays apart."""
        at = start
        for number in range(_year_of(start), _year_of(end) + 1):
            for day in self._year(number).holidays:
                begins, ends = max(at, day.start), min(end, day.end)
                if begins < ends:
                    if at < begins:
                        yield Piece(at, begins, Shut.CLOSED)
                    yield Piece(begins, ends, Shut.HOLIDAY, day.name)
                    at = ends
        if at < end:
            yield Piece(at, end, Shut.CLOSED)

    def _year(self, number: int) -> _Year:
        found = self._years.get(number)
        if found is None:
            found = self._years[number] = self._work_out(number)
        return found

    def _work_out(self, number: int) -> _Year:
        since, until = _year_start(number), _year_start(number + 1)
        spans: list[Span] = []
        holidays: list[Piece] = []
        for stretch in steady(self.zone, since - 2 * DAY, until):
            for span in self._open_in(stretch):
                _join(spans, Span(max(span.start, since), min(span.end, until)))
            for day in self._holidays_in(stretch):
                if (begins := max(day.start, since)) < (ends := min(day.end, until)):
                    holidays.append(day._replace(start=begins, end=ends))
        upto = list(accumulate(span.end - span.start for span in spans))
        return _Year([s.start for s in spans], [s.end for s in spans], upto, holidays)

    def _open_in(self, stretch: Steady) -> Iterator[Span]:
        """The open spans while the clocks are not changed."""
        anew = stretch.start + stretch.again
        if stretch.again and self._shows_open(anew - 1 + stretch.ahead):
            yield Span(stretch.start, min(anew, stretch.end))
        for day in range((anew + stretch.ahead) // DAY, (stretch.end + stretch.ahead) // DAY + 1):
            midnight = day * DAY - stretch.ahead
            for hours in self._hours_on(day):
                start = max(anew, midnight + hours.start * MINUTE)
                end = min(stretch.end, midnight + hours.end * MINUTE)
                if start < end:
                    yield Span(start, end)

    def _holidays_in(self, stretch: Steady) -> Iterator[Piece]:
        """The days on which it would be open, were they not holidays."""
        for day in range(
            (stretch.start + stretch.ahead) // DAY, (stretch.end + stretch.ahead) // DAY + 1
        ):
            if (name := self._holidays.get(day)) and self._week[_weekday(day)]:
                start = max(stretch.start, day * DAY - stretch.ahead)
                end = min(stretch.end, (day + 1) * DAY - stretch.ahead)
                if start < end:
                    yield Piece(start, end, Shut.HOLIDAY, name)

    def _shows_open(self, wall: int) -> bool:
        """Whether it is open when the clock on the wall shows this, in milliseconds."""
        minute = wall % DAY // MINUTE
        return any(each.start <= minute < each.end for each in self._hours_on(wall // DAY))

    def _hours_on(self, day: int) -> DayHours:
        return () if day in self._holidays else self._week[_weekday(day)]


def _join(spans: list[Span], span: Span) -> None:
    if span.start >= span.end:
        return
    if spans and spans[-1].end == span.start:
        spans[-1] = Span(spans[-1].start, span.end)
    else:
        spans.append(span)


def _weekday(day: int) -> int:
    return (day + _THURSDAY) % 7


def _day_number(day: str) -> int:
    return date.fromisoformat(day).toordinal() - date(1970, 1, 1).toordinal()


def _year_of(at: Millis) -> int:
    return datetime.fromtimestamp(at // 1000, UTC).year


def _year_start(number: int) -> Millis:
    return int(datetime(number, 1, 1, tzinfo=UTC).timestamp()) * 1000
