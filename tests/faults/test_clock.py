"""Clocks of the machines jump by an hour in the middle of talk, and nobody notices."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.faults.test_kills import Desk, until
from tests.house import House
from tests.processes import is_ready

MESSAGES = 200
TALK_SECONDS = 60.0


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    """Holds by how many milliseconds the clocks of all parts are off."""
    file = tmp_path / "clock"
    file.write_text("0")
    return file


@pytest.fixture
def product(clock: Path) -> Generator[House]:
    with House(DESKWIRE_FAULT=f"clock:{clock}") as product:
        yield product


async def test_clocks_that_jump_lose_nothing_close_nothing_and_make_nodes_unready(
    product: House, clock: Path
):
    desk = await Desk.open(product)
    members = (desk.client, desk.agent, desk.second_agent, desk.supervisor)
    try:
        sent = asyncio.create_task(desk.talk(MESSAGES))
        for jump in (3_600_000, -3_600_000):
            before = len(desk.acknowledged)
            _jump(clock, jump)
            await until(
                lambda before=before: len(desk.acknowledged) > before + MESSAGES // 4,
                "they go on talking",
                TALK_SECONDS,
            )
            for node in product.nodes:
                assert not await asyncio.to_thread(is_ready, node.url)
        await asyncio.wait_for(sent, TALK_SECONDS)

        await desk.check_everybody_has_everything()
        await desk.check_lists_and_counters()
        assert [member.connected for member in members] == [1, 1, 1, 1]
        _jump(clock, 0)
        for node in product.nodes:
            assert await asyncio.to_thread(is_ready, node.url)
    except BaseException:
        print(product.complaints())
        raise
    finally:
        await desk.close()


def _jump(clock: Path, by: int) -> None:
    """Set all clocks at once, so that nobody reads half of it."""
    fresh = clock.with_suffix(".new")
    fresh.write_text(str(by))
    fresh.replace(clock)
