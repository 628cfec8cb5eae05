"""Processes of the product, forked from one that has it loaded: loading takes it two seconds.

`python -m tests.forks FD` is that one. Each request, with a line back and a log, begins a keeper:
it forks the process, tells its id and its end, and ends it when the other end of the line closes.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import IO, Any

from server import faults

LOADED = (
    *("server.node", "server.worker", "tests.seed"),
    *("tests.server.jobs.victim", "tests.server.jobs.routing_node"),
    *("tests.server.mail.victim", "tests.server.mail.worker"),
)
GRACE_SECONDS = 30.0
REQUEST_BYTES = 1 << 18


def is_loaded(command: Sequence[str]) -> bool:
    """Whether a command is a module that is there to be forked."""
    ours = command[:2] == [sys.executable, "-m"] and command[2] in LOADED
    return ours and sys.platform == "linux"  # macOS has libraries that do not survive a fork.


class Forked:
    """One process, in a group of its own; as far as the tests ask, it is a Popen."""

    def __init__(self, arguments: Sequence[str], environ: Mapping[str, str], log: IO[bytes]):
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            request = json.dumps([arguments, dict(environ)]).encode()
            socket.send_fds(_nursery(), [request], [theirs.fileno(), log.fileno()])
        self.pid = int(self._line.recv(64))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self._line], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            self.returncode = int(self._line.recv(64))
            self._line.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


@cache
def _nursery() -> socket.socket:
    """The line to the one that forks, which ends when this process does."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.forks", str(theirs.fileno())],
            # Numpy's threads would not be there after a fork.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            process_group=0,
        )
    atexit.register(process.wait)
    atexit.register(ours.close)
    return ours


def main() -> None:
    requests = socket.socket(fileno=int(sys.argv[1]))
    for name in LOADED:
        importlib.import_module(name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Nobody waits for keepers.
    while True:
        request, fds, *_ = socket.recv_fds(requests, REQUEST_BYTES, 2)
        if not request:
            return
        if os.fork() == 0:
            requests.close()
            _keep(json.loads(request), *fds)
            return
        for fd in fds:
            os.close(fd)


def _keep(request: list[Any], line: int, log: int) -> None:
    """In the keeper, and in the process itself: begin, and tell of the end."""
    ended, ends = os.pipe()
    os.set_blocking(ends, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(ends)
    if (child := os.fork()) == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for fd in (line, ended, ends):
            os.close(fd)
        _become(request, log)
        return
    os.close(log)
    with suppress(OSError):  # It did so itself already.
        os.setpgid(child, child)
    os.write(line, str(child).encode())
    while True:
        told, _, _ = select.select([line, ended], [], [])
        if line in told:
            _end(child)
        os.read(ended, 64)
        if (status := os.waitpid(child, os.WNOHANG))[0]:
            with suppress(OSError):  # Nobody may listen any more.
                os.write(line, str(os.waitstatus_to_exitcode(status[1])).encode())
            os._exit(0)


def _end(child: int) -> None:
    """Who asked for it is gone: end it, first kindly, then with its group."""
    os.kill(child, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while not os.waitpid(child, os.WNOHANG)[0] and time.monotonic() < deadline:
        time.sleep(0.05)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os._exit(0)


def _become(request: list[Any], log: int) -> None:
    """Run the module as `python -m` would."""
    (name, *arguments), environ = request
    os.setpgid(0, 0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for output in (1, 2):
        os.dup2(log, output)
    os.environ.clear()
    os.environ.update(environ)
    importlib.reload(faults)  # Which one there is, is read as it is loaded.
    sys.stdout = os.fdopen(1, "w", 1, closefd=False)  # By lines: a kill must not lose any.
    sys.argv = [name, *arguments]
    sys.modules.pop(name, None)
    runpy.run_module(name, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
