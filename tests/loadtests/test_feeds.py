"""A tiny run of what feed rooms cost: the product whole, a few agents, a few changes."""

from pathlib import Path

import orjson

from loadtests.feeds import LAYOUTS, main


def test_every_change_reaches_every_inbox_that_shows_its_ticket(tmp_path: Path):
    file = tmp_path / "feeds.json"

    main(
        [
            *("--agents", "20", "--watchers", "2", "--rate", "40", "--seconds", "1"),
            *("--tickets", "20", "--json", str(file)),
        ]
    )

    layouts = {each["layout"]: each for each in orjson.loads(file.read_bytes())["layouts"]}
    assert set(layouts) == set(LAYOUTS)
    assert layouts["nobody watches"]["deliveries"] == 0
    for name in ("one inbox of all", "ten inboxes"):
        each = layouts[name]
        assert each["changes"] >= 20
        assert 20 <= each["inbox_rows"] <= 2 * each["changes"]  # A second time where it moved on.
        assert each["back"]["by a replay, snapshots"] == 0
        assert each["back"]["by a snapshot, snapshots"] == 20
