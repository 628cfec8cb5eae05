"""Parts of the product as processes: started, killed, come back; and ports that stay theirs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from server.processes.child import LEASH
from tests.forks import Forked, is_loaded

START_SECONDS = 60.0
STOP_SECONDS = 30.0
_HELD, _HOLDS = os.pipe()
"""Our end of all leashes closes with us."""


@dataclass
class Program:
    """One process; it can be killed and started again. What it prints goes to the end of `log`.

    `answers` says whether it is ready; where there is none, it says `ready` itself. `environ` are
    its variables, by default ours.
    """

    name: str
    command: list[str]
    log: Path
    url: str = ""
    answers: Callable[[], bool] | None = None
    environ: dict[str, str] | None = None
    process: subprocess.Popen[bytes] | Forked | None = field(default=None, init=False)
    _printed: int = field(default=0, init=False)

    def start(self, **environ: str) -> None:
        """Start it and wait until it is ready; `environ` adds to its variables this time."""
        self.begin(**environ)
        self.await_ready()

    def begin(self, **environ: str) -> None:
        self._printed = self.log.stat().st_size if self.log.exists() else 0
        variables = {**(self.environ or os.environ), **environ, "PYTHONUNBUFFERED": "1"}
        with self.log.open("ab") as log:
            if is_loaded(self.command):
                self.process = Forked(self.command[2:], variables, log)
            else:
                self.process = leashed(self.command, env=variables, stdout=log, stderr=log)

    def await_ready(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + START_SECONDS
        while not self._ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not start: {self.printed()[-3000:]}")
            time.sleep(0.01)

    def run(self) -> None:
        """Start it and wait for its end, which must be a good one."""
        self.begin()
        assert self.end() == 0, self.printed()

    def end(self) -> int:
        """Wait until it has ended by itself, and give its exit code."""
        return self._end(START_SECONDS)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self.process is not None:
            kill_group(self.process)
            self.process = None

    def suspend(self) -> None:
        """Let it stand still, as if the network to it hung, until `resume`."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> int:
        """Ask it to end, and give its exit code."""
        assert self.process is not None
        self.process.terminate()
        return self._end(STOP_SECONDS)

    def printed(self) -> str:
        """What it said since it was last started."""
        return self.log.read_bytes()[self._printed :].decode("utf-8", "replace")

    def _end(self, seconds: float) -> int:
        assert self.process is not None
        code = self.process.wait(seconds)
        self.kill()  # What is left of its group.
        return code

    def _ready(self) -> bool:
        return self.answers() if self.answers else "ready" in self.printed()


def leashed(command: Sequence[str], **popen: Any) -> subprocess.Popen[Any]:
    """Start a command in a group of its own; it ends when we do, even by kill -9."""
    leash = [*LEASH, str(STOP_SECONDS)]
    return subprocess.Popen([*leash, *command], stdin=_HELD, process_group=0, **popen)


def kill_group(process: subprocess.Popen[Any] | Forked) -> None:
    """End, once, what was started in a group of its own, with all that is in it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def module(name: str, *arguments: str) -> list[str]:
    """The command that runs a module."""
    return [sys.executable, "-m", name, *arguments]


def is_ready(url: str) -> bool:
    """Does a node say that it and all behind it are ready?"""
    try:
        with urlopen(f"{url}/readyz", timeout=1) as answer:
            return answer.status == 200
    except (URLError, OSError):
        return False


@contextmanager
def held_port() -> Generator[int]:
    """A port of this machine that the system gives to nobody else meanwhile.

    It stays bound, without anybody listening: who names it can still listen there, again and
    again, since servers set SO_REUSEADDR as well; who asks for any port gets another.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]
