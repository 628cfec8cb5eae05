"""Calendars as the tests name them, and moments on the clock of a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.sla.business import BusinessTime
from domain.sla.calendar import Calendar, OpenHours
from tests.domain.desk import uid

MINUTE, HOUR = 60_000, 3_600_000
OFFICE = "mon tue wed thu fri"


def hours(days: str, start: str, end: str) -> OpenHours:
    return OpenHours.model_validate({"days": days.split(), "start": start, "end": end})


def calendar(*week: OpenHours, zone: str = "UTC", **fields: Any) -> Calendar:
    return Calendar(id=uid("calendar"), name="Hours", zone=zone, hours=week, **fields)


def business(
    *week: OpenHours,
    zone: str = "UTC",
    holidays: Sequence[str] = (),
    country: Mapping[str, str] | None = None,
    worked: Sequence[str] = (),
) -> BusinessTime:
    own = tuple({"date": day, "name": f"Closed on {day}"} for day in holidays)
    made = calendar(*week, zone=zone, holidays=own, worked=tuple(worked))
    return BusinessTime(made, country or {})


def at(text: str, zone: str = "UTC", *, fold: int = 0) -> int:
    """The moment at which the clock of a zone shows this; the second time with `fold`."""
    shown = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return int(shown.timestamp()) * 1000
