"""How much business time there is, and when so much of it is over."""

from __future__ import annotations

import pytest

from domain.sla.business import Piece, Shut, Span
from tests.domain.sla.hours import HOUR, MINUTE, OFFICE, at, business, hours

DESK = business(hours(OFFICE, "09:00", "17:00"))
SPLIT = business(hours(OFFICE, "09:00", "13:00"), hours(OFFICE, "14:00", "18:00"))
ALWAYS = business(hours(f"{OFFICE} sat sun", "00:00", "00:00"))
BERLIN = "Europe/Berlin"  # 29 March 2026: 02:00 is 03:00. 25 October: 03:00 is 02:00 again.


@pytest.mark.parametrize(
    ("start", "end", "counted"),
    [
        ("2026-11-20T09:00", "2026-11-20T17:00", 8 * HOUR),
        ("2026-11-20T08:00", "2026-11-20T09:00", 0),
        ("2026-11-20T16:59", "2026-11-20T23:00", MINUTE),
        ("2026-11-20T16:00", "2026-11-23T10:00", 2 * HOUR),  # Over a weekend.
        ("2026-11-21T10:00", "2026-11-22T10:00", 0),
        ("2026-11-20T12:00", "2026-11-20T11:00", 0),
        ("2025-12-31T16:00", "2026-01-02T09:30", 9 * HOUR + 30 * MINUTE),  # Over a year's end.
    ],
)
def test_only_what_is_open_counts(start: str, end: str, counted: int):
    assert DESK.between(at(start), at(end)) == counted


@pytest.mark.parametrize(
    ("start", "hours_on", "end"),
    [
        ("2026-11-20T09:00", 8, "2026-11-20T17:00"),  # Over at closing time, not at the next day's.
        ("2026-11-20T07:00", 1, "2026-11-20T10:00"),
        ("2026-11-20T16:30", 1, "2026-11-23T09:30"),
        ("2026-11-21T12:00", 8, "2026-11-23T17:00"),
        ("2026-11-21T12:00", 0, "2026-11-21T12:00"),
    ],
)
def test_a_length_is_over_at_the_first_moment_with_so_much_behind_it(
    start: str, hours_on: int, end: str
):
    assert DESK.add(at(start), hours_on * HOUR) == at(end)


@pytest.mark.parametrize(
    ("start", "hours_ago", "end"),
    [
        ("2026-11-20T17:00", 8, "2026-11-19T17:00"),
        ("2026-11-23T09:30", 1, "2026-11-20T16:30"),
        ("2026-11-23T09:00", 8, "2026-11-19T17:00"),  # As one would count from there.
        ("2026-11-23T09:00", 7, "2026-11-20T10:00"),
        ("2026-01-02T09:30", 9, "2025-12-31T16:30"),
        ("2026-11-21T12:00", 0, "2026-11-20T17:00"),
        ("2026-11-20T12:00", 0, "2026-11-20T12:00"),
    ],
)
def test_one_can_look_back_too(start: str, hours_ago: int, end: str):
    assert DESK.ago(at(start), hours_ago * HOUR) == at(end)


def test_a_pause_at_noon_does_not_count():
    assert SPLIT.between(at("2026-11-20T12:00"), at("2026-11-20T15:00")) == 2 * HOUR
    assert SPLIT.add(at("2026-11-20T12:00"), 2 * HOUR) == at("2026-11-20T15:00")
    assert [*SPLIT.intervals(at("2026-11-20T12:00"), at("2026-11-20T15:00"))] == [
        Span(at("2026-11-20T12:00"), at("2026-11-20T13:00")),
        Span(at("2026-11-20T14:00"), at("2026-11-20T15:00")),
    ]


def test_round_the_clock_everything_counts_in_one_piece():
    start, end = at("2024-01-01T00:00"), at("2026-06-01T00:00")
    assert ALWAYS.between(start, end) == end - start
    assert ALWAYS.add(start, end - start) == end
    assert [*ALWAYS.intervals(start, end)] == [Span(start, end)]


def test_a_night_goes_on_over_midnight_and_over_the_end_of_the_week():
    nights = business(hours("sun", "22:00", "06:00"))
    assert nights.between(at("2026-11-22T00:00"), at("2026-11-24T00:00")) == 8 * HOUR
    assert [*nights.intervals(at("2026-11-22T00:00"), at("2026-11-24T00:00"))] == [
        Span(at("2026-11-22T22:00"), at("2026-11-23T06:00"))
    ]


def test_a_holiday_takes_the_whole_day_also_from_a_night():
    nights = business(hours("thu fri", "22:00", "06:00"), holidays=["2026-12-25"])
    assert [*nights.intervals(at("2026-12-24T12:00"), at("2026-12-27T00:00"))] == [
        Span(at("2026-12-24T22:00"), at("2026-12-25T00:00")),
        Span(at("2026-12-26T00:00"), at("2026-12-26T06:00")),
    ]


def test_a_country_s_holiday_counts_where_the_calendar_says_it_is_worked():
    christmas = {"2026-12-25": "Christmas Day"}
    day = at("2026-12-25T00:00"), at("2026-12-26T00:00")
    office = hours(OFFICE, "09:00", "17:00")
    assert business(office, country=christmas).between(*day) == 0
    assert business(office, country=christmas, worked=["2026-12-25"]).between(*day) == 8 * HOUR


def test_the_hours_are_those_of_the_place():
    for zone in ("America/Los_Angeles", "Asia/Kathmandu", "Pacific/Kiritimati"):
        there = business(hours(OFFICE, "09:00", "17:00"), zone=zone)
        assert there.add(at("2026-11-20T08:00", zone), 8 * HOUR) == at("2026-11-20T17:00", zone)


def test_a_night_is_an_hour_shorter_in_spring_and_longer_in_autumn():
    nights = business(hours("sat", "22:00", "06:00"), zone=BERLIN)
    for day, counted in (("2026-03-28", 7), ("2026-10-24", 9), ("2026-11-21", 8)):
        begun = at(f"{day}T22:00", BERLIN)
        assert nights.between(begun, begun + 24 * HOUR) == counted * HOUR
        assert nights.add(begun, counted * HOUR) == begun + counted * HOUR


def test_a_time_that_the_clocks_skip_is_none():
    within = business(hours("sun", "02:10", "02:50"), zone=BERLIN)
    assert within.between(at("2026-03-29T00:00", BERLIN), at("2026-03-30T00:00", BERLIN)) == 0
    before = business(hours("sun", "01:00", "02:30"), zone=BERLIN)
    assert before.add(at("2026-03-29T01:00", BERLIN), HOUR) == at("2026-03-29T03:00", BERLIN)


def test_a_time_that_the_clocks_show_twice_is_the_first():
    first, again = (at("2026-10-25T02:30", BERLIN, fold=fold) for fold in (0, 1))
    day = at("2026-10-25T00:00", BERLIN), at("2026-10-26T00:00", BERLIN)
    ends = business(hours("sun", "01:00", "02:30"), zone=BERLIN)
    begins = business(hours("sun", "02:30", "04:00"), zone=BERLIN)
    assert [*ends.intervals(*day)] == [Span(at("2026-10-25T01:00", BERLIN), first)]
    assert [*begins.intervals(*day)] == [Span(first, at("2026-10-25T04:00", BERLIN))]
    assert begins.between(*day) == 2 * HOUR + 30 * MINUTE
    assert again == first + HOUR


def test_what_is_not_open_says_why():
    office = business(hours(OFFICE, "09:00", "17:00"), holidays=["2026-04-03", "2026-04-04"])
    told = [*office.pieces(at("2026-04-02T16:00"), at("2026-04-06T10:00"))]
    assert told == [
        Piece(at("2026-04-02T16:00"), at("2026-04-02T17:00")),
        Piece(at("2026-04-02T17:00"), at("2026-04-03T00:00"), Shut.CLOSED),
        Piece(
            at("2026-04-03T00:00"),
            at("2026-04-04T00:00"),
            Shut.HOLIDAY,
            "Closed on 2026-04-03",
        ),
        Piece(at("2026-04-04T00:00"), at("2026-04-06T09:00"), Shut.CLOSED),  # It is a Saturday.
        Piece(at("2026-04-06T09:00"), at("2026-04-06T10:00")),
    ]


def test_what_is_never_open_is_never_over():
    assert business().add(at("2026-04-02T16:00"), 1) is None
    assert business().ago(at("2026-04-02T16:00"), 1) is None
    assert not business().is_open(at("2026-04-02T16:00"))
    assert DESK.is_open(at("2026-04-02T16:00"))
