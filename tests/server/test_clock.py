"""The clock that nodes share: the database's, whatever happens to a machine's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server import clock
from server.clock import SharedClock, SystemClock

HOUR = 3_600_000


class Database:
    """A database whose time differs from this machine's."""

    def __init__(self, ahead: int = 0) -> None:
        self.ahead = ahead

    async def time(self) -> datetime:
        return datetime.now(UTC) + timedelta(milliseconds=self.ahead)


@pytest.mark.parametrize("ahead", [HOUR, -HOUR])
async def test_it_takes_over_the_databases_time(ahead: int):
    shared = SharedClock()

    await shared.look(Database(ahead).time)

    assert abs(shared.now() - SystemClock().now() - ahead) < 1_000


async def test_what_the_way_there_explains_changes_nothing():
    shared = SharedClock()
    told = datetime.fromtimestamp(shared.now() / 1000, UTC)

    async def slowly() -> datetime:
        before = shared.now()
        while shared.now() == before:
            pass
        return told

    before = shared.now()
    await shared.look(slowly)
    assert shared.now() >= before


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
async def test_a_machines_clock_that_jumps_moves_nothing(
    monkeypatch: pytest.MonkeyPatch, jump: int
):
    shared = SharedClock()
    await shared.look(Database().time)
    before = shared.now()

    monkeypatch.setattr(clock, "clock_moved", lambda: jump)

    assert abs(SystemClock().now() - before - jump) < 1_000
    assert 0 <= shared.now() - before < 1_000
