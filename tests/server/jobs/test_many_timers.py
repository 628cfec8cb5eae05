"""Many timers due at once, and the worker that has them killed: another does each once."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from domain.routing.commands import SnoozeTicket
from server.clock import SystemClock
from server.dispatch.dispatcher import Dispatcher
from server.settings import Settings
from server.store.models import LogEntry, TicketHeader
from tests.processes import Program, module
from tests.server.dispatch.conftest import SECRET
from tests.server.house import Heard, House, new_id, open_ticket

AHEAD = 3_000
AT_ONCE = 50
SECONDS = 540.0


@pytest.mark.parametrize("timers", [300, pytest.param(10_000, marks=pytest.mark.long)])
async def test_each_of_many_timers_fires_once_though_their_worker_is_killed(
    house: House, settings: Settings, tmp_path: Path, timers: int
):
    # Given many tickets that are snoozed until moments which have passed, each with one of its own
    clock, store = SystemClock(), house.store
    dispatcher = Dispatcher(store, clock, Heard(), SECRET)
    turns = asyncio.Semaphore(AT_ONCE)

    async def snooze() -> None:
        async with turns:
            opened = await dispatcher.dispatch(open_ticket(), house.client)
            command = SnoozeTicket(
                command_id=new_id(),
                ticket_id=opened.result["ticket_id"],
                until=clock.now() + AHEAD,
            )
            await dispatcher.dispatch(command, house.agent)

    await asyncio.gather(*(snooze() for _ in range(timers)))
    await dispatcher.close()
    log, over = store[LogEntry], {"command_id": {"$regex": "^end_snooze:"}}
    snoozed = {"state.private.snoozed_until": {"$gt": 0}}

    async def fired(least: int) -> None:
        async with asyncio.timeout(SECONDS):
            while await log.count_documents(over) < least:  # noqa: ASYNC110 - in other processes
                await asyncio.sleep(0.02)

    # When the worker that is at it is killed, and another is there
    environ = {
        **os.environ,
        "MONGODB_URL": settings.mongodb_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "DESKWIRE_DATABASE": settings.database,
        "DATA": str(tmp_path),
    }
    first, second = (
        Program(name, module("server.worker"), tmp_path / f"{name}.log", environ=environ)
        for name in ("first", "second")
    )
    try:
        first.start()
        await fired(timers // 10)
        first.kill()
        assert await log.count_documents(over) < timers
        second.start()
        await fired(timers)
        async with asyncio.timeout(SECONDS):  # What a commit owes to its header comes after it.
            while await store[TicketHeader].count_documents(snoozed):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.02)
    finally:
        first.kill()
        second.kill()

    # Then each was done once
    ended: list[str] = []
    async for raw in log.find(over):
        assert [(each["type"], each["until"]) for each in raw["events"]] == [
            ("ticket.snoozed", None)
        ]
        ended.append(raw["stream"])
    assert len(ended) == len(set(ended)) == timers
