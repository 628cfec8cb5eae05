"""`python -m tests.convergence.samples`: the histories that the web client's own tests fold, anew.

Of many random ones always the one with the most kinds of events that none before had.
"""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from tests.convergence.test_typescript import write_histories

SAMPLES = Path(__file__).parents[2] / "clients" / "web" / "tests" / "histories"
AMONG = 1_000


def kinds(file: Path) -> set[str]:
    """The types of the events in a file."""
    return {
        event["type"]
        for case in json.loads(file.read_text("utf-8"))
        for envelope in case["envelopes"]
        for event in envelope["events"]
    }


def chosen(folder: Path) -> list[Path]:
    """A few files of a folder in which every event of all of them stands."""
    found = {file: kinds(file) for file in folder.glob("*.json")}
    missing = set[str]().union(*found.values())
    some: list[Path] = []
    while missing:
        file = min(found, key=lambda each: (-len(found[each] & missing), each.stat().st_size, each))
        some.append(file)
        missing -= found[file]
    return some


def main() -> None:
    for file in SAMPLES.glob("*.json"):
        file.unlink()
    with TemporaryDirectory() as folder:
        write_histories(Path(folder), AMONG)
        for number, file in enumerate(chosen(Path(folder)), 1):
            copyfile(file, SAMPLES / f"{number}.json")


if __name__ == "__main__":
    main()
