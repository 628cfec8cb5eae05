"""A data folder for each test, and children that are easy to make."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server.processes.child import ChildSpec
from server.processes.probes import says
from server.processes.runtime import runtime_folder

MakeChild = Callable[..., ChildSpec]

FOREVER = "print('ready', flush=True); import time; time.sleep(600)"


@pytest.fixture
def said() -> list[str]:
    """What the person at the terminal was told."""
    return []


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """A data folder that does not exist yet; its sockets' folder goes with the test."""
    folder = tmp_path / "data"
    sockets = runtime_folder(folder)
    yield folder
    shutil.rmtree(sockets, ignore_errors=True)


@pytest.fixture
def make_child() -> MakeChild:
    """A child that runs a Python text, by default one that serves for ten minutes."""

    def make(name: str = "child", text: str = FOREVER, **options: object) -> ChildSpec:
        return ChildSpec(name, (sys.executable, "-c", text), ready=says("ready"), **options)

    return make
