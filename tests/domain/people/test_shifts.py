"""Whether somebody is on shift, and until when: also where the clocks jump."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.errors import Invalid
from domain.people.shifts import (
    Duty,
    Shift,
    ShiftException,
    Weekday,
    Zone,
    check_exceptions,
    check_shifts,
    duty,
    spans,
)

MINUTE, HOUR = 60_000, 3_600_000
WEEKDAYS = tuple(Weekday)
OFFICE = ("mon", "tue", "wed", "thu", "fri")


def a_shift(days: str | tuple[str, ...], start: str, end: str) -> Shift:
    named = days.split() if isinstance(days, str) else days
    return Shift.model_validate({"days": named, "start": start, "end": end})


def at(text: str, zone: str = "UTC", *, fold: int = 0) -> int:
    """The moment at which the clock of a zone shows this; the second time with `fold`."""
    shown = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return int(shown.timestamp()) * 1000


DAY_SHIFT = (a_shift(OFFICE, "09:00", "17:00"),)


def test_somebody_without_shifts_is_always_on():
    assert duty((), "UTC", at("2026-11-20T03:00")) == Duty(on=True, until=None)


@pytest.mark.parametrize(
    ("moment", "on", "until"),
    [
        ("2026-11-20T08:59", False, "2026-11-20T09:00"),
        ("2026-11-20T09:00", True, "2026-11-20T17:00"),
        ("2026-11-20T16:59", True, "2026-11-20T17:00"),
        ("2026-11-20T17:00", False, "2026-11-23T09:00"),  # Over a weekend.
    ],
)
def test_a_shift_holds_its_beginning_and_not_its_end(moment: str, on: bool, until: str):
    for zone in ("UTC", "Asia/Kathmandu", "America/Los_Angeles"):
        assert duty(DAY_SHIFT, zone, at(moment, zone)) == Duty(on, at(until, zone))


def test_a_shift_that_ends_before_it_begins_ends_on_the_next_day():
    nights = (a_shift("sun", "22:00", "06:00"),)
    assert duty(nights, "UTC", at("2026-11-23T05:59")) == Duty(True, at("2026-11-23T06:00"))
    assert duty(nights, "UTC", at("2026-11-22T05:59")) == Duty(False, at("2026-11-22T22:00"))


def test_where_one_shift_ends_as_the_next_begins_somebody_stays():
    halves = (a_shift("fri", "08:00", "12:00"), a_shift("fri", "12:00", "16:00"))
    assert duty(halves, "UTC", at("2026-11-20T09:00")) == Duty(True, at("2026-11-20T16:00"))


def test_somebody_who_works_round_the_clock_stays_for_ever():
    always = (a_shift((*OFFICE, "sat"), "00:00", "00:00"), a_shift("sun", "00:00", "00:00"))
    assert duty(always, "Europe/Dublin", at("2026-03-29T01:30")) == Duty(on=True, until=None)


BERLIN = "Europe/Berlin"  # 29 March 2026: 02:00 is 03:00. 25 October: 03:00 is 02:00 again.


def test_a_night_shift_is_an_hour_shorter_in_spring_and_longer_in_autumn():
    nights = (a_shift("sat", "22:00", "06:00"),)
    for day, hours in (("2026-03-28", 7), ("2026-10-24", 9), ("2026-11-21", 8)):
        begun = at(f"{day}T22:00", BERLIN)
        assert duty(nights, BERLIN, begun) == Duty(True, begun + hours * HOUR)


def test_a_time_that_the_clocks_skip_is_the_moment_of_the_jump():
    jump = at("2026-03-29T03:00", BERLIN)
    begins = (a_shift("sun", "02:30", "10:00"),)
    ends = (a_shift("sat", "22:00", "02:30"),)
    assert duty(begins, BERLIN, jump - 1) == Duty(False, jump)
    assert duty(begins, BERLIN, jump).on
    assert duty(ends, BERLIN, jump - 1) == Duty(True, jump)
    assert not duty(ends, BERLIN, jump).on


def test_a_shift_within_the_jump_does_not_happen():
    within = (a_shift("sun", "02:10", "02:50"),)
    before = at("2026-03-28T12:00", BERLIN)
    assert duty(within, BERLIN, before) == Duty(False, at("2026-04-05T02:10", BERLIN))


def test_a_time_that_the_clocks_show_twice_is_the_first():
    first, second = (at("2026-10-25T02:30", BERLIN, fold=fold) for fold in (0, 1))
    assert second == first + HOUR
    begins = (a_shift("sun", "02:30", "10:00"),)
    ends = (a_shift("sat", "22:00", "02:30"),)
    assert duty(begins, BERLIN, first - 1) == Duty(False, first)
    assert duty(begins, BERLIN, second - 1).on
    assert duty(ends, BERLIN, first - 1) == Duty(True, first)
    assert not duty(ends, BERLIN, second - 1).on


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


# Near midnight and the usual jumps, so that they are met.
_minutes = st.one_of(st.integers(0, 4 * 60), st.integers(23 * 60, 24 * 60 - 1)).map(_clock)
_shifts = st.builds(
    Shift,
    days=st.sets(st.sampled_from([Weekday.FRI, Weekday.SAT, Weekday.SUN]), min_size=1),
    start=_minutes,
    end=_minutes | st.integers(0, 24 * 60 - 1).map(_clock),
)


@st.composite
def _weeks(draw: st.DrawFn) -> tuple[Shift, ...]:
    """Shifts of somebody that do not overlap."""
    kept: tuple[Shift, ...] = ()
    for shift in draw(st.lists(_shifts, min_size=1, max_size=4)):
        try:
            check_shifts((*kept, shift))
        except Invalid:
            continue
        kept = (*kept, shift)
    return kept


JUMPS = {
    # Where, and the day whose clocks jump: forwards, back, by half an hour, over midnight, a day.
    BERLIN: ("2026-03-29", "2026-10-25"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
    "America/Havana": ("2026-03-08", "2026-11-01"),
    "America/Sao_Paulo": ("2018-02-18", "2018-11-04"),
    "Pacific/Apia": ("2011-12-30",),
    "UTC": ("2026-11-21",),
}


@cache
def shown_on_the_wall(zone: str, day: str) -> dict[int, datetime]:
    """Minute by minute round a day, what a clock shows that never goes back."""
    noon, place, latest = at(f"{day}T12:00"), ZoneInfo(zone), datetime.min  # noqa: DTZ901
    shown: dict[int, datetime] = {}
    for moment in range(noon - 30 * HOUR, noon + 30 * HOUR, MINUTE):
        latest = max(latest, datetime.fromtimestamp(moment / 1000, place).replace(tzinfo=None))
        shown[moment] = latest
    return shown


def hours_of(shifts: tuple[Shift, ...], day: str) -> Iterator[tuple[datetime, datetime]]:
    """From when to when, by the clock on the wall, somebody works round a day."""
    for shift in shifts:
        for days in range(-3, 4):
            date = datetime.fromisoformat(day).date() + timedelta(days)
            start = datetime.combine(date, time.fromisoformat(shift.start))
            end = datetime.combine(date, time.fromisoformat(shift.end))
            if WEEKDAYS[date.weekday()] in shift.days:
                yield start, end + timedelta(days=end <= start)


@settings(max_examples=50, deadline=None)
@given(shifts=_weeks(), jump=st.sampled_from([(z, d) for z, days in JUMPS.items() for d in days]))
def test_it_agrees_with_a_clock_that_is_watched_minute_by_minute(
    shifts: tuple[Shift, ...], jump: tuple[str, str]
):
    zone, day = jump
    wall, was_on, told = shown_on_the_wall(zone, day), None, None
    first, last = wall[min(wall)], wall[max(wall)]
    hours = [each for each in hours_of(shifts, day) if each[0] <= last and first < each[1]]
    for moment, shown in wall.items():
        on = any(start <= shown < end for start, end in hours)
        if told is None or (told.until is not None and moment >= told.until):
            assert told is None or (moment == told.until and on is not was_on)
            assert told is None or duty(shifts, zone, moment - 1) == told
            told = duty(shifts, zone, moment)
        assert told.on is on, shown
        was_on = on


@pytest.mark.parametrize(
    "shifts",
    [
        [("mon", "09:00", "17:00"), ("mon tue", "16:59", "20:00")],
        [("mon", "09:00", "17:00"), ("mon", "09:00", "10:00")],
        [("mon", "22:00", "06:00"), ("tue", "05:00", "09:00")],
        [("sun", "22:00", "06:00"), ("mon", "05:00", "09:00")],  # Round the end of the week.
        [("mon tue", "08:00", "08:00"), ("wed", "07:59", "12:00")],
    ],
)
def test_shifts_that_overlap_are_refused(shifts: list[tuple[str, str, str]]):
    with pytest.raises(Invalid, match="overlap") as refused:
        check_shifts(tuple(a_shift(*each) for each in shifts))
    assert refused.value.fields == {"shifts": "overlap"}


def test_which_shifts_overlap_is_said():
    with pytest.raises(Invalid, match="mon 09:00–17:00 and mon 16:00–20:00"):
        check_shifts((a_shift("mon tue", "16:00", "20:00"), a_shift("mon", "09:00", "17:00")))


def test_shifts_may_touch():
    check_shifts(())
    check_shifts((a_shift("sun", "22:00", "06:00"), a_shift("mon", "06:00", "14:00")))
    check_shifts((a_shift(WEEKDAYS, "07:00", "07:00"),))


def test_the_days_of_a_shift_stand_in_the_order_of_the_week_each_once():
    assert a_shift("sun mon sun", "09:00", "10:00").days == (Weekday.MON, Weekday.SUN)


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": []},
        {"days": ["monday"]},
        {"start": "9:00"},
        {"start": "24:00"},
        {"end": "12:60"},
        {"end": "12:30:00"},
        {"pause": "12:00"},
    ],
)
def test_what_is_no_shift_is_refused(wrong: dict[str, Any]):
    with pytest.raises(ValidationError):
        Shift.model_validate({"days": ["mon"], "start": "09:00", "end": "17:00", **wrong})


def test_a_zone_is_one_by_its_full_name():
    zone: TypeAdapter[str] = TypeAdapter(Zone)
    for name in ("UTC", "Europe/Amsterdam", "America/Argentina/Buenos_Aires", "Asia/Calcutta"):
        assert zone.validate_python(name) == name
    for name in ("", "Mars/Olympus", "europe/amsterdam", "../UTC", "/etc/localtime", "localtime"):
        with pytest.raises(ValidationError, match="no such time zone"):
            zone.validate_python(name)


def an_exception(day: str, *hours: tuple[str, str]) -> ShiftException:
    named = [{"start": start, "end": end} for start, end in hours]
    return ShiftException.model_validate({"date": day, "hours": named})


def test_the_hours_of_an_exception_and_of_the_night_before_may_touch_but_not_overlap():
    night = an_exception("2026-12-24", ("22:00", "06:00"))
    check_exceptions((an_exception("2026-12-25", ("06:00", "12:00")), night))
    with pytest.raises(Invalid, match="hours of 2026-12-25 overlap") as refused:
        check_exceptions((an_exception("2026-12-25", ("05:59", "12:00")), night))
    assert refused.value.fields == {"exceptions": "overlap"}


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1999-12-31", "2101-01-01"])
def test_a_date_of_another_age_is_refused(day: str):
    with pytest.raises(Invalid, match="Nobody plans for"):
        check_exceptions((an_exception(day),))


def test_somebody_without_shifts_is_on_until_the_first_day_that_is_otherwise(
    monkeypatch: pytest.MonkeyPatch,
):
    now, asked = at("2026-11-20T12:00"), list[int]()

    def counted(*given: Any) -> Iterator[Any]:
        for span in spans(*given):
            asked.append(span.start)
            yield span

    monkeypatch.setattr("domain.people.shifts.spans", counted)
    whole, none = an_exception("2050-03-01", ("00:00", "00:00")), an_exception("2099-12-31")

    assert duty((), "UTC", now, (none, whole)) == Duty(True, at("2099-12-31T00:00"))
    assert duty((), "UTC", now, (whole,)) == Duty(on=True, until=None)
    assert len(asked) < 30, "the days between are not looked at"
