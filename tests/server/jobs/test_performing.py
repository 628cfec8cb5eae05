"""Who performs what is owed: one looks for all hands, and who is busy holds up nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import pytest

from server.jobs import effects as performing
from server.jobs.effects import Performer
from server.store.connect import Store
from server.store.effects import DONE, Effect, Effects, Outcome
from tests.server.house import FixedClock
from tests.waiting import until

HANDS = 3


class Desk:
    """What is owed here is performed by noting it down; what is called slow waits to be let go."""

    def __init__(self, store: Store, clock: FixedClock) -> None:
        self.clock = clock
        self.effects = Effects(store, clock)
        self.performer = Performer(self.effects, {"note": self._perform})
        self.noted: list[str] = []
        self.let_go = asyncio.Event()
        self.due = asyncio.Event()

    async def _perform(self, effects: Sequence[Effect]) -> Outcome:
        for each in effects:
            if each.id.startswith("slow"):
                await self.let_go.wait()
            self.noted.append(each.id)
        return DONE

    async def owe(self, *names: str) -> None:
        now = self.clock.now()
        await self.effects.owe([Effect(name, "note", {}, at=now, due_at=now) for name in names])

    @asynccontextmanager
    async def at_work(self) -> AsyncGenerator[None]:
        running = asyncio.create_task(self.performer.run("notes", HANDS, self.due))
        try:
            yield
        finally:
            running.cancel()
            await asyncio.wait([running])


@pytest.fixture
def desk(store: Store, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(performing, "EVERY_SECONDS", 0.05)
    return Desk(store, FixedClock())


async def test_what_is_owed_by_others_is_found_by_looking(desk: Desk):
    async with desk.at_work():
        await desk.owe("one", "two")
        await until(lambda: sorted(desk.noted) == ["one", "two"], "both are performed")


async def test_who_knows_of_something_calls_before_anybody_looks(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(performing, "EVERY_SECONDS", 60.0)
    async with desk.at_work():
        await asyncio.sleep(0.1)  # The first look is over.
        await desk.owe("one")
        desk.due.set()
        await until(lambda: desk.noted == ["one"], "it is performed")


async def test_those_that_take_long_hold_up_no_other(desk: Desk):
    async with desk.at_work():
        await desk.owe("slow one", "slow two")
        await asyncio.sleep(0.2)  # Two of three hands have them.
        for name in ("quick", "quicker"):
            await desk.owe(name)
            await until(lambda name=name: desk.noted[-1:] == [name], f"{name} is performed")
        desk.let_go.set()
        await until(lambda: len(desk.noted) == 4, "all are performed")


async def test_while_nothing_is_due_one_question_is_asked_for_all_hands(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    looks: list[bool] = []
    claims: list[object] = []
    any_due = desk.effects.any_due

    async def counted(kinds: Sequence[str]) -> bool:
        looks.append(await any_due(kinds))
        return looks[-1]

    async def claim(kinds: object, _: int) -> list[Effect]:
        claims.append(kinds)
        return []

    async with desk.at_work():
        await asyncio.sleep(0.1)  # Each hand looked for itself once.
        monkeypatch.setattr(desk.effects, "any_due", counted)
        monkeypatch.setattr(desk.effects, "claim", claim)
        await until(lambda: len(looks) >= 5, "it was looked five times")
    assert not any(looks)
    assert claims == []
