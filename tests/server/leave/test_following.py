"""A followed calendar is read again and again; what cannot be read keeps what was read before."""

from __future__ import annotations

import pytest

from domain.leave.state import Leave
from domain.people.shifts import Span
from server.leave.fetching import NotFetched
from server.leave.following import AGAIN, EVERY, Following
from server.store.connect import Store
from server.store.documents import kind_of
from server.store.leases import Leases
from server.store.leave import leave_of
from server.store.models import FollowedCalendar
from tests.server.house import FixedClock, House, keep, new_id
from tests.server.leave.test_reading import calendar, event

NOW = 1_796_169_600_000  # 2 December 2026, midnight UTC.
HOUR = 3_600_000


class Web:
    """What the calendar's server answers, and how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.answer: bytes | NotFetched = calendar(
            event(":20261202T100000Z", ":20261202T120000Z", "SUMMARY:Dentist")
        )

    async def fetch(self, _url: str) -> bytes:
        self.asked += 1
        if isinstance(self.answer, NotFetched):
            raise self.answer
        return self.answer


@pytest.fixture
async def leave(house: House, clock: FixedClock) -> Leave:
    clock.time = NOW
    leave = Leave(id=new_id(), user_id=house.agent.id, url="https://calendar.example/a.ics")
    await keep(house.store, leave)
    return leave


async def spans(store: Store, leave: Leave, now: int) -> list[Span]:
    return (await leave_of(store, [leave.user_id], now))[leave.user_id]


async def test_what_it_says_is_leave_and_it_is_read_again_before_long(
    store: Store, clock: FixedClock, leave: Leave
):
    web = Web()
    following = Following(store, Leases(store, clock), clock, web.fetch)
    assert await following.look() == 1
    assert await spans(store, leave, NOW) == [Span(NOW + 10 * HOUR, NOW + 12 * HOUR)]
    assert await following.look() == 0

    clock.time += EVERY
    web.answer = calendar()
    assert await following.look() == 1
    assert await spans(store, leave, NOW) == []
    assert web.asked == 2


async def test_what_cannot_be_read_keeps_what_was_and_says_why(
    store: Store, clock: FixedClock, leave: Leave
):
    web = Web()
    following = Following(store, Leases(store, clock), clock, web.fetch)
    await following.look()
    web.answer = NotFetched("The calendar is larger than the 2 MB that are read.")
    clock.time += EVERY

    await following.look()

    kept = await store[FollowedCalendar].find_one({"_id": leave.id})
    assert kept
    assert kept["error"] == str(web.answer)
    assert (kept["read_at"], kept["due_at"]) == (NOW, clock.time + AGAIN)
    assert len(await spans(store, leave, NOW)) == 1


async def test_a_calendar_that_is_not_followed_any_more_is_forgotten(
    store: Store, clock: FixedClock, leave: Leave
):
    following = Following(store, Leases(store, clock), clock, Web().fetch)
    await following.look()
    await store[kind_of(Leave).model].delete_one({"_id": leave.id})

    await following.look()

    assert await spans(store, leave, NOW) == []
