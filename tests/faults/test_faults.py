"""Whatever breaks in the middle of the work: every acknowledged command once, in order, to all.

The short form of `make faults`, with one node on each kind of sockets unless the environment says
which.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

from tests.faults.ordeals import ORDEALS
from tests.faults.run import Scale, undergo
from tests.house import House
from tests.waiting import HEAL_SECONDS

SCALE = Scale(members=40, tickets=10, rate=200, before=50, after=80, in_flight=50)
PATIENCE = 3 * HEAL_SECONDS
"""Tests have to pass on busy machines too; `make faults` gives no more time than is promised."""
CHEAP = ("node", "worker", "valkey", "database", "flush", "drop")


@pytest.fixture(scope="module")
def house() -> Generator[House]:
    kinds = [{"DESKWIRE_SOCKETS": kind} for kind in ("slim", "engine")]
    given = "DESKWIRE_SOCKETS" in os.environ
    with House(of_nodes=[{}, {}] if given else kinds) as house:
        yield house


@pytest.mark.parametrize("name", CHEAP)
async def test_nothing_is_lost_and_nothing_comes_twice(house: House, name: str):
    try:
        outcome = await undergo(house, ORDEALS[name], SCALE, watched=True, patience=PATIENCE)
        print(outcome.line())
        outcome.check()
    except BaseException:
        print(house.complaints())
        raise
