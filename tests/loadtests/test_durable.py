"""A tiny run of what a kept message costs: the product whole, and the bare loop."""

from pathlib import Path

import orjson
import pytest

from loadtests.durable import main


def test_both_keep_messages_and_their_costs_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "durable.json"

    main(["--rooms", "3", "--seconds", "0.5", "--repeats", "1", "--json", str(file)])

    [pair] = orjson.loads(file.read_bytes())["pairs"]
    assert set(pair) == {"bare", "ours"}
    assert all(cost > 0 for costs in pair.values() for cost in costs)
    assert "| both (at least 0.6×) |" in capsys.readouterr().out
