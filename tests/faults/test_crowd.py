"""When a crowd says that a deployment has healed."""

from __future__ import annotations

import pytest

from tests.faults.crowd import Tally

FAULT, OVER, LATE = 100.0, 110.0, 1.0


def healed(*took: tuple[float, float]) -> float:
    """Seconds after the fault, where commands were offered at moments and took so long."""
    offered = [at for at, _ in took]
    complete = [at + seconds for at, seconds in took]
    return Tally(offered=offered, complete=complete).healed_at(FAULT, OVER, LATE) - OVER


@pytest.mark.parametrize(
    ("took", "seconds"),
    [
        pytest.param([(95, 0.1), (105, 0.1), (111, 0.1)], 0, id="nothing is late"),
        pytest.param([(90, 1.5), (111, 0.1)], 0, id="what was late before says nothing"),
        pytest.param([(105, 1.5), (111, 0.1)], 0, id="it was late, and there before the end"),
        pytest.param([(105, 9.0), (111, 0.1)], 4, id="what was offered meanwhile came after it"),
        pytest.param([(99.5, 19.0), (111, 0.1)], 8.5, id="what was under way came after it"),
        pytest.param([(n, 3.0) for n in range(105, 130)], 22, id="everything is late for ever"),
        pytest.param([(111, 3.0), (113, 0.1), (125, 9.0)], 4, id="a while later is not the fault"),
    ],
)
def test_it_has_healed_once_all_is_there_and_a_while_nothing_is_late(
    took: list[tuple[float, float]], seconds: float
):
    assert healed(*took) == pytest.approx(seconds)
