"""What a demo's first look shows, at whatever hour it is started."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from domain.message import Millis
from domain.ticket.state import Status
from server.demo.content import load_stories
from server.demo.days import todays
from server.demo.month import BY_HOUR, DAY, HOUR, MINUTE, month
from server.demo.seeding import LATELY, Extent
from server.demo.shapes import NOBODY, Story
from tests.server.demo.playing import play

EXTENT = Extent(load_stories(), (), LATELY)


def hours(day: str) -> Iterator[Millis]:
    """Some moment of each hour of a day."""
    begun = int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)
    for hour in range(24):
        yield begun + hour * HOUR + (hour * 7 % 60) * MINUTE


def by_hour(stories: list[Story], now: Millis) -> list[int]:
    """How many were opened in each of the last 24 hours, as the wallboard's bars, oldest first."""
    counts = [0] * 24
    for story in stories:
        ago = now // HOUR - (now - story.opened) // HOUR
        if ago < 24:
            counts[23 - ago] += 1
    return counts


@pytest.mark.parametrize("day", ["2026-11-30", "2026-12-02", "2026-12-06"])
def test_a_day_has_its_mornings_and_its_nights_at_whatever_hour_one_looks(day: str):
    for now in hours(day):
        bars = by_hour(EXTENT.month(now), now)
        # The stories are of the last hours, whatever these are; before them an hour is an hour.
        told = [(bars[place], (now // HOUR - 23 + place) % 24) for place in range(12)]
        busy = [bar for bar, hour in told if BY_HOUR[hour] >= 11]
        quiet = [bar for bar, hour in told if BY_HOUR[hour] <= 3]

        assert sum(bars) >= 70
        assert max(bars) <= 16
        assert min(busy, default=3) >= 3
        assert max(quiet, default=0) <= 5


def test_hours_that_are_alike_bring_as_many():
    now = int(datetime(2026, 12, 2, 18, 30, tzinfo=UTC).timestamp() * 1000)
    bars = by_hour(list(month(now, 300, days=2)), now)

    morning = bars[14:20]  # From 9 to 14 o'clock.
    assert max(morning) - min(morning) <= 4


def taken(story: Story) -> bool:
    """Somebody was given its ticket, and nobody gave it back."""
    given = [step.assign for step in story.steps if step.assign or step.team]
    return bool(given) and NOBODY not in given and None not in given


def test_what_somebody_took_waits_for_nobody():
    now = next(hours("2026-12-02"))
    stories = [each for each in EXTENT.month(now) if each.opened < 2 * DAY and taken(each)]

    assert len(stories) > 100
    assert all(play(each).ticket.owner_id for each in stories)


@pytest.mark.parametrize("day", ["2026-11-30", "2026-12-06"])
def test_nobody_has_waited_for_long_at_whatever_hour_one_looks(day: str):
    for now in hours(day):
        for stories in (EXTENT.month(now), todays(EXTENT.stories, now, 60)):
            recent = [each for each in stories if each.opened < 2 * DAY and not taken(each)]
            ends = [(each, play(each).ticket) for each in recent]
            waiting = [
                each.opened
                for each, ticket in ends
                if ticket.status is Status.OPEN and ticket.owner_id is None
            ]

            assert 3 <= len(waiting) <= 10
            assert max(waiting) < 10 * MINUTE
