"""The whole product as processes of its own, each of which can be killed and come back."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.stores import StoreProcess, mongodb_process, store_folder, valkey_process

START_SECONDS = 30.0
NODE = ("server.node",)


@dataclass
class Served:
    """A node or a worker."""

    name: str
    command: list[str]
    environ: dict[str, str]
    log: Path
    url: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self, **environ: str) -> None:
        """Start it and wait until it is ready; `environ` adds to its variables this time."""
        already = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env={**self.environ, **environ}, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._ready(already):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not start: {self.log.read_text()[-3000:]}")
            time.sleep(0.02)

    def kill(self) -> None:
        """End it at once, without a chance to finish anything."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _ready(self, already: int) -> bool:
        if not self.url:
            return b"ready" in self.log.read_bytes()[already:]
        try:
            with urlopen(f"{self.url}/readyz", timeout=1) as answer:
                return answer.status == 200
        except (URLError, OSError):
            return False


Part = StoreProcess | Served


@dataclass
class House:
    """Two nodes and a worker on one pair of stores."""

    folder: Path
    mongodb: StoreProcess
    valkey: StoreProcess
    nodes: list[Served]
    worker: Served
    environ: dict[str, str]

    def part(self, name: str) -> Part:
        """A part by the name that the tests use for it."""
        return {
            "node": self.nodes[0],
            "mongodb": self.mongodb,
            "valkey": self.valkey,
            "worker": self.worker,
        }[name]

    def complaints(self) -> str:
        """The ends of all logs, for a failed test."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"== {log.name}\n{log.read_text()[-1500:]}" for log in logs)


@contextmanager
def house(second_node: tuple[str, ...] = NODE) -> Generator[House]:
    """Start everything on fresh data, with the demo's people; all of it is gone afterwards.

    `second_node` is a module and its first arguments, where that node is of another release.
    """
    with store_folder() as folder, ExitStack() as stack:
        stores = [mongodb_process(folder), valkey_process(folder)]
        for store in stores:
            stack.callback(store.kill)
            store.start()
        environ = {
            **os.environ,
            "MONGODB_URL": stores[0].url,
            "REDIS_URL": stores[1].url,
            "SECRET_KEY": "a secret of the tests, long enough to be one",
            "DATA": str(folder / "data"),
            "DESKWIRE_MODE": "production",
            "SOCKET_COMMANDS_PER_SECOND": "1000",  # Three members speak for fifty.
        }
        subprocess.run([sys.executable, "-m", "server.seed"], env=environ, check=True)
        ports = zip((NODE, second_node), _free_ports(2), strict=True)
        nodes = [served_node(module, port, environ, folder) for module, port in ports]
        worker = Served(
            "worker", [sys.executable, "-m", "server.worker"], environ, folder / "worker.log"
        )
        for part in (*nodes, worker):
            stack.callback(part.kill)
            part.start()
        yield House(folder, stores[0], stores[1], nodes, worker, environ)


def served_node(
    module: tuple[str, ...], port: int, environ: dict[str, str], folder: Path
) -> Served:
    """A node on a port; not started yet."""
    return Served(
        name=f"node-{port}",
        command=[sys.executable, "-m", *module, "--port", str(port)],
        environ=environ,
        log=folder / f"node-{port}.log",
        url=f"http://127.0.0.1:{port}",
    )


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listened on a moment ago; held together, so that they differ."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
