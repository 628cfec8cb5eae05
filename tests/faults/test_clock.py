"""Clocks of the machines jump by an hour in the middle of talk, and nobody notices."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.faults.ordeals import ORDEALS, clock_of, set_clock
from tests.faults.run import undergo
from tests.faults.test_faults import PATIENCE, SCALE
from tests.house import House
from tests.processes import is_ready


@pytest.fixture
def house(tmp_path: Path) -> Generator[House]:
    clock = tmp_path / "clock"
    set_clock(clock, 0)
    with House(DESKWIRE_FAULT=f"clock:{clock}") as house:
        yield house


async def test_clocks_that_jump_lose_nothing_close_nothing_and_make_nodes_unready(house: House):
    try:
        outcome = await undergo(house, ORDEALS["clock"], SCALE, watched=True, patience=PATIENCE)
        outcome.check()
        assert outcome.ended == 0
        set_clock(clock_of(house), 0)
        for node in house.nodes:
            assert await asyncio.to_thread(is_ready, node.url)
    except BaseException:
        print(house.complaints())
        raise
