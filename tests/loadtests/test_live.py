"""A small `make load`: locust's process, its users, and two real nodes with a worker."""

import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pytest

from tests.house import House

PATIENCE = 120.0
"""Seconds, on a machine with other work too."""


@pytest.fixture(scope="module")
def house() -> Generator[House]:
    with House() as house:
        yield house


class Ran(NamedTuple):
    code: int
    printed: str
    told: dict[str, Any]
    page: str

    def counted(self, name: str) -> int:
        return sum(self.told["tally"]["counts"].get(name, {}).values())


def run(house: House, folder: Path, *arguments: str, budgets: str) -> Ran:
    """Run a scenario against both nodes."""
    (folder / "budgets.toml").write_text(budgets)
    hosts = ",".join(node.url for node in house.nodes)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "loadtests.live", *arguments, "--host", hosts),
            *("--budgets", str(folder / "budgets.toml"), "--report", str(folder)),
        ],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    printed = done.stdout + done.stderr
    [told] = folder.glob("*.json")
    [page] = folder.glob("*.html")
    return Ran(done.returncode, printed, orjson.loads(told.read_bytes()), page.read_text())


def test_people_are_cut_off_come_back_and_find_nothing_lost_and_nothing_doubled(
    house: House, tmp_path: Path
):
    budgets = "[every]\n" + "".join(
        f"{name} = 0\n" for name in ("lost", "doubled", "strange", "holes", "stale", "errors")
    )
    budgets += "acks_at_least = 5\ncompared_at_least = 10\nresumes_at_least = 8\n"

    ran = run(house, tmp_path, "storm", "--users", "10", "--seconds", "4", budgets=budgets)

    assert ran.code == 0, ran.printed + house.complaints()
    assert "storm: within all budgets" in ran.printed
    assert ran.counted("acks") >= 5
    assert set(ran.told["crowd"]) == {"Client", "Agent", "MobileAgent", "Supervisor"}
    assert [what for _, what in ran.told["tally"]["marks"]] == [
        "every connection is cut at once"
    ] * 3
    assert "<svg" in ran.page
    assert "WSE" not in ran.printed  # Whoever reads locust's rows finds only what was answered.


def test_a_run_over_its_budget_fails_and_says_by_how_much(house: House, tmp_path: Path):
    budgets = "[every]\nlost = 0\nacks_at_least = 1000000\n"

    ran = run(house, tmp_path, "steady", "--users", "3", "--seconds", "1", budgets=budgets)

    assert ran.code == 1
    assert "FAILED steady: acks: " in ran.printed
    assert "FAILED steady: lost" not in ran.printed
