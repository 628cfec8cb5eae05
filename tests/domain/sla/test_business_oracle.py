"""Business time agrees with somebody who watches the clock minute by minute."""

from __future__ import annotations

from random import Random

import pytest

from domain.errors import Invalid
from domain.sla.business import BusinessTime
from domain.sla.calendar import Calendar, OpenHours, check_hours
from tests.domain.sla.hours import MINUTE, calendar
from tests.domain.sla.oracle import DAYS, Watched, day_after

PLACES = (
    # Where, and a day whose clocks are put forwards or back: by an hour, by half of one, at
    # midnight, over a whole day; and days of nothing, a leap day and a year's end among them.
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("Europe/Dublin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("America/St_Johns", "2026-03-08"),
    ("America/St_Johns", "2026-11-01"),
    ("America/Havana", "2026-03-08"),
    ("America/Havana", "2026-11-01"),
    ("America/Sao_Paulo", "2018-02-18"),
    ("America/Sao_Paulo", "2018-11-04"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Africa/Casablanca", "2026-02-15"),
    ("Africa/Casablanca", "2026-03-22"),
    ("Asia/Beirut", "2026-03-29"),
    ("Antarctica/Troll", "2026-03-29"),
    ("Antarctica/Troll", "2026-10-25"),
    ("Pacific/Apia", "2011-12-30"),
    ("Pacific/Auckland", "2026-09-27"),
    ("Asia/Kathmandu", "2026-01-01"),
    ("Pacific/Kiritimati", "2025-12-31"),
    ("Europe/Madrid", "2028-02-29"),
    ("UTC", "2026-07-15"),
)


def a_clock(chance: Random) -> str:
    """Often a full hour or the small hours, where the clocks are changed."""
    match chance.randrange(4):
        case 0:
            return f"{chance.randrange(24):02}:00"
        case 1:
            return f"{chance.randrange(5):02}:{chance.choice((0, 15, 29, 30, 31, 59)):02}"
        case _:
            return f"{chance.randrange(24):02}:{chance.randrange(60):02}"


def a_week(chance: Random) -> tuple[OpenHours, ...]:
    kept: tuple[OpenHours, ...] = ()
    for _ in range(chance.randint(1, 6)):
        days = chance.sample(DAYS, chance.randint(1, 7))
        given = {"days": days, "start": a_clock(chance), "end": a_clock(chance)}
        more = (*kept, OpenHours.model_validate(given))
        try:
            check_hours(more)
        except Invalid:
            continue
        kept = more
    return kept


def a_calendar(chance: Random) -> tuple[Calendar, set[str], str]:
    """A calendar, its country's holidays, and the day round which it is looked at."""
    zone, day = chance.choice(PLACES)
    near = [day_after(day, days) for days in range(-4, 5)]
    own = chance.sample(near, chance.choice((0, 0, 1, 2)))
    made = calendar(
        *a_week(chance),
        zone=zone,
        holidays=tuple({"date": each, "name": "Own"} for each in own),
        worked=tuple(chance.sample(near, chance.choice((0, 0, 0, 1)))),
    )
    return made, set(chance.sample(near, chance.choice((0, 0, 1, 3)))), day


def check_one(seed: int, days: int) -> None:
    chance = Random(seed)
    made, country, day = a_calendar(chance)
    time = BusinessTime(made, dict.fromkeys(country, "Theirs"))
    watched = Watched(made, country, day, days)
    said = seed, made, country
    assert [*time.intervals(watched.start, watched.end)] == [*watched.intervals()], said
    pieces = [*time.pieces(watched.start, watched.end)]
    assert [piece.start for piece in pieces[1:]] == [piece.end for piece in pieces[:-1]], said
    for _ in range(8):
        minutes = sorted(chance.sample(range(len(watched.open)), 2))
        start, end = (watched.start + each * MINUTE for each in minutes)
        counted = watched.between(start, end)
        assert time.between(start, end) == counted * MINUTE, said
        amount = chance.choice((1, counted, chance.randint(1, 4_000)))
        if (over := watched.add(start, amount)) is not None:
            assert time.add(start, amount * MINUTE) == over, said
        if amount and (since := watched.back(end, amount)) is not None:
            assert time.ago(end, amount * MINUTE) == since, said


def test_100_calendars_over_five_days():
    for seed in range(100):
        check_one(seed, days=5)


@pytest.mark.long
def test_10_000_calendars_over_nine_days():
    for seed in range(10_000):
        check_one(seed, days=9)
