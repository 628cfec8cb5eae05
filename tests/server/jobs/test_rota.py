"""Everybody's duty is asked for each second and worked out seldom."""

from __future__ import annotations

import pytest

from domain.message import Millis
from domain.people.shifts import Duty, Shift, Weekday
from domain.people.state import User
from domain.workforce.availability import Day
from server.jobs import rota
from server.jobs.rota import Rota
from tests.server.house import new_id

NOON = 1_795_176_000_000  # Friday, 20 November 2026.
HOUR = 3_600_000
FRIDAY = Shift(days=(Weekday.FRI,), start="09:00", end="17:00")


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[Millis]:
    """The moments that somebody's day was worked out for."""
    moments: list[Millis] = []
    really = rota.day_of

    def day_of(user: User, at: Millis) -> Day:
        moments.append(at)
        return really(user, at)

    monkeypatch.setattr(rota, "day_of", day_of)
    return moments


def somebody(*shifts: Shift, version: int = 1) -> User:
    return User(
        id=new_id(),
        version=version,
        email="ada@example.org",
        name="Ada",
        role="agent",
        shifts=shifts,
    )


def test_a_duty_is_worked_out_at_its_edges_only(worked_out: list[Millis]):
    known, ada = Rota(), somebody(FRIDAY)
    for second in range(NOON, NOON + 5 * HOUR + 2_000, 1_000):
        assert known.of(ada, second).duty.on is (second < NOON + 5 * HOUR)
    assert worked_out == [NOON, NOON + 5 * HOUR]


def test_who_has_no_set_hours_is_worked_out_once(worked_out: list[Millis]):
    known, ada = Rota(), somebody()
    assert {known.of(ada, NOON + hour * HOUR).duty for hour in range(200)} == {Duty(True, None)}
    assert worked_out == [NOON]


def test_who_was_changed_is_worked_out_anew(worked_out: list[Millis]):
    known, ada = Rota(), somebody()
    assert known.of(ada, NOON).duty.on
    late = Shift(days=(Weekday.FRI,), start="18:00", end="20:00")
    changed = ada.model_copy(update={"version": 2, "shifts": (late,)})
    assert known.of(changed, NOON).duty == Duty(on=False, until=NOON + 6 * HOUR)
    assert len(worked_out) == 2
