"""The tests' own processes: nothing of a test run stays behind, however it ends."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.forks import Forked
from tests.processes import kill_group

STARTS = """
import sys, time
from pathlib import Path
from tests.processes import Program

said = "import time; print('ready', flush=True); time.sleep(600)"
program = Program("sleeper", [sys.executable, "-c", said], Path(sys.argv[1]))
program.start()
print(program.process.pid, flush=True)
time.sleep(600)
"""
FORKS = """
import os, sys, time
from tests.forks import Forked

with open(sys.argv[1], "wb") as log:
    forked = Forked(["http.server", "0", "--bind", "127.0.0.1"], os.environ, log)
print(forked.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("starts", [STARTS, FORKS], ids=["started", "forked"])
def test_what_a_test_run_started_ends_with_it_even_by_kill_9(tmp_path: Path, starts: str):
    command = [sys.executable, "-c", starts, str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        pid = int(run.stdout.readline())
        assert is_there(pid)

        run.kill()

    deadline = time.monotonic() + 20
    while is_there(pid):
        assert time.monotonic() < deadline, "it outlived who started it"
        time.sleep(0.02)


@pytest.fixture
def forked(tmp_path: Path) -> Generator[Forked]:
    """A web server that serves what is in a folder, in a process that was forked."""
    place = ["--bind", "127.0.0.1", "--directory", str(tmp_path)]
    with (tmp_path / "log").open("wb") as log:
        forked = Forked(["http.server", "0", *place], {}, log)
    yield forked
    kill_group(forked)


def test_what_is_forked_has_its_own_arguments_group_and_log(forked: Forked, tmp_path: Path):
    deadline = time.monotonic() + 20
    while not (said := re.search(r"\(http://(\S+)/\)", (tmp_path / "log").read_text())):
        assert time.monotonic() < deadline
        time.sleep(0.02)

    with urlopen(f"http://{said[1]}/") as answer:
        assert b"log" in answer.read()
    assert os.getpgid(forked.pid) == forked.pid


def test_how_a_forked_one_ended_is_known(forked: Forked, tmp_path: Path):
    assert forked.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        forked.wait(0.05)

    forked.terminate()

    assert forked.wait(20) == -signal.SIGTERM == forked.poll()
    with (tmp_path / "log").open("wb") as log:
        assert Forked(["http.server", "no port"], {}, log).wait(20) == 2
    assert "invalid int value: 'no port'" in (tmp_path / "log").read_text()


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
