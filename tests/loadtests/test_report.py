"""From measurements to the table: pairs, medians, spread and verdicts."""

import orjson
import pytest

from loadtests.generator import SCENARIOS
from loadtests.ratios import Spread, ratios
from loadtests.report import Figures, as_json, table
from loadtests.rows import ROWS, Row
from loadtests.scenarios import Load, Measured
from loadtests.servers import PEERS

ROW = Row("a-row", "what it is", "broadcast", Load(1, 1.0), "per second", {"node": 1.4})
LIMITED = Row("another", "what it is", "broadcast", Load(1, 1.0), "µs", limit=2.0)


def figures(row: Row, **runs: list[float]) -> Figures:
    return Figures(row, {peer: [Measured(each) for each in told] for peer, told in runs.items()})


def verdict(figures: Figures) -> list[str]:
    """The cells of the only line."""
    [line] = table([figures]).splitlines()[2:]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_ratio_is_that_of_a_pair_and_not_of_medians():
    # The machine was ten times slower while the second pair was measured.
    assert ratios([20.0, 1.0, 30.0], [10.0, 1.0, 10.0]) == Spread(2.0, 1.0, 3.0)


def test_pairs_must_be_whole():
    with pytest.raises(ValueError, match="shorter"):
        ratios([1.0, 2.0], [1.0])


@pytest.mark.parametrize(("ours", "said"), [(1.5, "met"), (1.4, "met"), (1.39, "**not met**")])
def test_a_ratio_is_judged_by_its_median(ours: float, said: str):
    cells = verdict(figures(ROW, ours=[ours, 9.0, 0.1], node=[1.0, 1.0, 1.0]))

    assert cells[2:] == ["node", f"{ours:.2f}×", "0.10 to 9.00", "1.4×", said]


@pytest.mark.parametrize(("ours", "said"), [(1.9, "met"), (2.0, "met"), (2.1, "**not met**")])
def test_a_limit_is_judged_by_our_own_median(ours: float, said: str):
    cells = verdict(figures(LIMITED, ours=[ours, 0.5, 9.0]))

    assert cells == ["what it is", f"{ours} µs", "itself", "", "0.5 to 9.0", "at most 2", said]


def test_who_was_left_out_has_no_line():
    assert table([figures(ROW, ours=[1.0])]).count("\n") == 1


def test_the_json_has_every_single_measurement():
    told = orjson.loads(as_json({"cores": 2}, [figures(ROW, ours=[3.0, 4.0], node=[1.0, 2.0])]))

    assert told["facts"] == {"cores": 2}
    [row] = told["rows"]
    assert [run["figure"] for run in row["runs"]["ours"]] == [3.0, 4.0]
    assert row["targets"] == {"node": 1.4}


def test_every_row_names_a_scenario_and_peers_that_there_are():
    for row in ROWS:
        assert row.scenario in SCENARIOS
        assert set(row.peers) <= set(PEERS)
    assert len({row.name for row in ROWS}) == len(ROWS)
