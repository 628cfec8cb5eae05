"""What a calendar says of somebody's leave: its entries between two moments.

It runs as a process of its own, `python -m server.leave.reading ZONE SINCE UNTIL`, with the file
on its standard input and JSON on its output: whatever is in a file, it takes so long and so much
memory and no more, and never the worker's.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import orjson

MOST_ENTRIES = 1_000
MEMORY = 1024 * 1024 * 1024
_NOT_AWAY = frozenset({"TRANSPARENT"})


class Unreadable(ValueError):
    """Why a file is no calendar that can be read."""


def read_calendar(data: bytes, zone: str, since: int, until: int) -> list[tuple[int, int, str]]:
    """[start, end, what it is called], in milliseconds, the earliest first; raises Unreadable.

    A whole day is one of the person's zone. What is cancelled, or leaves its owner free, is none.
    """
    import recurring_ical_events  # pyright: ignore[reportMissingTypeStubs]
    from icalendar import Calendar

    try:
        calendars = Calendar.from_ical(data, multiple=True)
    except (ValueError, IndexError, KeyError) as error:
        raise Unreadable("This is no calendar: it does not read as iCalendar.") from error
    if not calendars:
        raise Unreadable("This is no calendar: nothing is in it.")
    place = ZoneInfo(zone)
    first = datetime.fromtimestamp(since / 1000, UTC)
    last = datetime.fromtimestamp(until / 1000, UTC)
    found: list[tuple[int, int, str]] = []
    for calendar in calendars:
        query = recurring_ical_events.of(calendar, skip_bad_series=True)
        for event in _before(query.after(first), last):
            if entry := _entry(event, place):
                found.append(entry)
            if len(found) > MOST_ENTRIES:
                raise Unreadable(f"The calendar has more than {MOST_ENTRIES:,} entries.")
    return sorted(found)


def _before(events: Iterator[Any], last: datetime) -> Iterator[Any]:
    for event in islice(events, 20 * MOST_ENTRIES):
        if _moment(event.start, ZoneInfo("UTC")) >= last.timestamp() * 1000:
            return
        yield event


def _entry(event: Any, place: ZoneInfo) -> tuple[int, int, str] | None:  # noqa: ANN401
    if str(event.get("TRANSP", "")).upper() in _NOT_AWAY:
        return None
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None
    start, end = _moment(event.start, place), _moment(event.end, place)
    return (start, end, str(event.get("SUMMARY", ""))[:200]) if end > start else None


def _moment(when: date | datetime, place: ZoneInfo) -> int:
    """A date, and a time without a zone, is one of the person's."""
    if not isinstance(when, datetime):
        when = datetime.combine(when, time(), place)
    elif when.tzinfo is None:
        when = when.replace(tzinfo=place)
    return int(when.timestamp() * 1000)


def main() -> None:
    zone, since, until = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    answer: dict[str, object]
    try:
        entries = read_calendar(sys.stdin.buffer.read(), zone, int(since), int(until))
        answer = {"entries": entries}
    except Unreadable as error:
        answer = {"error": str(error)}
    except (Exception, RecursionError):  # Whatever two libraries make of whatever it is.
        answer = {"error": "The calendar could not be read."}
    sys.stdout.buffer.write(orjson.dumps(answer))


if __name__ == "__main__":
    main()
