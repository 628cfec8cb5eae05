"""What a calendar says of leave, and what no file can do to who reads it."""

from __future__ import annotations

import pytest

from server.leave.fetching import NotFetched
from server.leave.following import read_apart
from server.leave.reading import MOST_ENTRIES, Unreadable, read_calendar
from tests.domain.people.test_shifts import at

SINCE, UNTIL = at("2026-11-01T00:00"), at("2027-02-01T00:00")


def calendar(*events: str) -> bytes:
    within = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\n{each}END:VEVENT\r\n" for n, each in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{within}END:VCALENDAR\r\n".encode()


def event(start: str, end: str, *more: str) -> str:
    return "".join(f"{line}\r\n" for line in (f"DTSTART{start}", f"DTEND{end}", *more))


WEEK = event(";VALUE=DATE:20261221", ";VALUE=DATE:20261225", "SUMMARY:Skiing")


def test_whole_days_are_days_of_the_persons_zone():
    zone = "America/New_York"
    expected = [(at("2026-12-21T00:00", zone), at("2026-12-25T00:00", zone), "Skiing")]
    assert read_calendar(calendar(WEEK), zone, SINCE, UNTIL) == expected


def test_what_comes_again_is_there_each_time_and_what_is_excepted_is_not():
    weekly = event(
        *(":20261204T130000Z", ":20261204T170000Z"),
        *("RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE:20261211T130000Z"),
    )
    found = read_calendar(calendar(weekly), "UTC", SINCE, UNTIL)
    assert [start for start, _, _ in found] == [
        at(f"2026-12-{day:02}T13:00") for day in (4, 18, 25)
    ]


def test_what_is_cancelled_or_leaves_its_owner_free_is_no_leave():
    span = (":20261204T130000Z", ":20261204T170000Z")
    events = [event(*span, "STATUS:CANCELLED"), event(*span, "TRANSP:TRANSPARENT")]
    assert read_calendar(calendar(*events), "UTC", SINCE, UNTIL) == []


def test_what_is_over_or_far_away_does_not_come():
    old = event(":20200101T000000Z", ":20200102T000000Z")
    far = event(":20300101T000000Z", ":20300102T000000Z")
    assert read_calendar(calendar(old, far), "UTC", SINCE, UNTIL) == []


@pytest.mark.parametrize(
    "data", [b"", b"<html>log in first</html>", b"\xff\xfe\x00", b"BEGIN:VEVENT"]
)
def test_what_is_no_calendar_is_said_to_be_none(data: bytes):
    with pytest.raises(Unreadable, match="no calendar"):
        read_calendar(data, "UTC", SINCE, UNTIL)


def test_so_many_entries_are_too_many():
    every_minute = event(
        ":20261201T000000Z", ":20261201T000030Z", "RRULE:FREQ=MINUTELY;COUNT=100000"
    )
    with pytest.raises(Unreadable, match=f"more than {MOST_ENTRIES:,}"):
        read_calendar(calendar(every_minute), "UTC", SINCE, UNTIL)


async def test_it_is_read_in_a_process_of_its_own():
    found = await read_apart(calendar(WEEK), "UTC", SINCE, UNTIL)
    assert [note for _, _, note in found] == ["Skiing"]
    with pytest.raises(NotFetched, match="no calendar"):
        await read_apart(b"nothing", "UTC", SINCE, UNTIL)
