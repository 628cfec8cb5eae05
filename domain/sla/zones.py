"""How far the clock of a place is ahead of UTC, stretch by stretch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.message import Millis

_LOOK: Millis = 12 * 3_600_000
"""No clock is changed and changed back within so little."""


class Steady(NamedTuple):
    """From `start` until `end` the clock on the wall is `ahead` of UTC, all in milliseconds.

    For the first `again` of it, it shows what it showed before: it was put back.
    """

    start: Millis
    end: Millis
    ahead: int
    again: Millis


@lru_cache(maxsize=1_024)
def steady(zone: str, start: Millis, end: Millis) -> tuple[Steady, ...]:
    """The stretches of a span between which the clocks of a zone are changed."""
    changes = [*_changes(ZoneInfo(zone), start, end)]
    borders = [at for at, _ in changes[1:]]
    found: list[Steady] = []
    for (begun, ahead), until in zip(changes, [*borders, end], strict=True):
        back = found[-1].ahead - ahead if found else 0
        found.append(Steady(begun, until, ahead, max(0, back)))
    return tuple(found)


def _changes(place: ZoneInfo, start: Millis, end: Millis) -> Iterator[tuple[Millis, int]]:
    """Since when the clock is how far ahead."""
    looked, ahead = start, _ahead(place, start)
    yield start, ahead
    while looked < end:
        then = min(looked + _LOOK, end)
        if (now_ahead := _ahead(place, then)) != ahead:
            at = _change_between(place, looked, then)
            ahead = now_ahead
            if at < end:
                yield at, ahead
        looked = then


def _change_between(place: ZoneInfo, before: Millis, after: Millis) -> Millis:
    """The second at which the clock was changed."""
    was = _ahead(place, before)
    low, high = before // 1000, after // 1000
    while high - low > 1:
        middle = (low + high) // 2
        if _ahead(place, middle * 1000) == was:
            low = middle
        else:
            high = middle
    return high * 1000


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _ahead(place: ZoneInfo, at: Millis) -> int:
    there = (_EPOCH + timedelta(seconds=at // 1000)).astimezone(place).utcoffset()
    return int((there or timedelta()).total_seconds()) * 1000
