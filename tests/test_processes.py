"""The tests' own processes: nothing of a test run stays behind, however it ends."""

import os
import subprocess
import sys
import time
from pathlib import Path

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


def test_what_a_test_run_started_ends_with_it_even_by_kill_9(tmp_path: Path):
    command = [sys.executable, "-c", STARTS, str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        pid = int(run.stdout.readline())
        assert is_there(pid)

        run.kill()

    deadline = time.monotonic() + 20
    while is_there(pid):
        assert time.monotonic() < deadline, "it outlived who started it"
        time.sleep(0.02)


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
