"""A `deskwire` command that runs until the test ends it, as a person at a terminal sees it."""

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx

from server.processes.runtime import runtime_folder
from server.processes.status import ProcessState, read_processes
from tests.processes import kill_group, leashed, module

START_SECONDS = 90.0
OUTSIDE = ("MONGODB_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_URL")


def environ_of(data_dir: Path, **more: str) -> dict[str, str]:
    """The variables of a command: a data folder, and no stores of somebody else's."""
    ours = {name: value for name, value in os.environ.items() if name not in OUTSIDE}
    return {**ours, "DATA": str(data_dir), **more}


class Commanded:
    """One running command: what it said, and the processes it keeps."""

    def __init__(self, *arguments: str, data_dir: Path, port: int, **more: str) -> None:
        self.data_dir = data_dir
        self.lines: list[str] = []
        self._process = leashed(
            module("server.cli", *arguments),
            env=environ_of(data_dir, PORT=str(port), NO_AI="1", **{"NO_TRAFFIC": "1", **more}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Wait until it has said a line that matches."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            for line in self.lines:
                if found := re.search(pattern, line):
                    return found
            assert self._process.poll() is None, f"it ended: {self.lines}"
            assert time.monotonic() < deadline, f"never said {pattern!r}: {self.lines}"
            time.sleep(0.05)

    def states(self) -> dict[str, ProcessState]:
        return read_processes(runtime_folder(self.data_dir) / "processes.json")

    def stop(self) -> int:
        """Press Ctrl-C; the exit code."""
        self._process.send_signal(signal.SIGINT)
        code = self._process.wait(30)
        self._reader.join()
        return code

    def end(self) -> None:
        """Leave nothing behind, whatever happened."""
        if self._process.poll() is None:
            self.stop()
        kill_group(self._process)
        if self._process.stdout:
            self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.lines.append(line.rstrip("\n"))


@contextmanager
def deskwire(*arguments: str, data_dir: Path, port: int, **more: str) -> Generator[Commanded]:
    """Run a command for as long as the `with` lasts; `more` are variables."""
    running = Commanded(*arguments, data_dir=data_dir, port=port, **more)
    try:
        yield running
    finally:
        running.end()


def log_in(address: str, email: str, password: str) -> httpx.Response:
    return httpx.post(
        f"{address}/api/auth/login", json={"email": email, "password": password}, timeout=20
    )
