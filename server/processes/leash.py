"""Run a command that ends when the one who started it does, even by kill -9.

`python -I -S leash.py SECONDS COMMAND...`: standard input is a pipe whose other end the parent
holds. A small process stays behind to wait for the end of that pipe; this one becomes the command,
so that the process id the parent knows is the command's own. After SIGTERM the command has so many
seconds, then its whole group is killed. It is the same on Linux and macOS.
"""

from __future__ import annotations

import os
import signal
import sys
import time


def main() -> None:
    """Fork the watcher, then become the command, with an empty standard input."""
    command = os.getpid()
    if os.fork() == 0:
        watch(command, float(sys.argv[1]))
        os._exit(0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.execvp(sys.argv[2], sys.argv[2:])


def watch(command: int, grace: float) -> None:
    """Wait until the parent is gone, then end the command: first kindly, then with its group."""
    # Ctrl-C and SIGTERM are the parent's to answer; the watcher goes when its pipe closes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    while os.read(0, 4096):
        pass
    deadline = time.monotonic() + grace
    # Its child is not yet adopted by another, so the process id still is the command's.
    if os.getppid() == command:
        os.kill(command, signal.SIGTERM)
    while os.getppid() == command and time.monotonic() < deadline:
        time.sleep(0.05)
    if os.getpgrp() == command:  # We are one of them, so the group is not somebody else's.
        os.killpg(command, signal.SIGKILL)


if __name__ == "__main__":
    main()
