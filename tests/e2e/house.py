"""A house to visit: embedded stores, two nodes and a worker, each a process, with the demo in."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.e2e.cable import Cable
from tests.stores import mongodb_process, store_folder, valkey_process

START_SECONDS = 30.0
STOP_SECONDS = 10.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """One module of the product in a process of its own."""

    def __init__(self, module: str, environ: dict[str, str], log: Path) -> None:
        self._command = [sys.executable, "-m", module]
        self._environ = environ
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environ, stdout=log, stderr=log
            )

    def run(self) -> None:
        """Start it and wait for its end."""
        self.start()
        assert self._process is not None
        assert self._process.wait(START_SECONDS) == 0, self.last_words()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        finally:
            self.kill()

    def last_words(self) -> str:
        return self._log.read_text("utf-8")[-3_000:]


class Node(Program):
    """A node on a port that it keeps when it is started again."""

    def __init__(self, port: int, environ: dict[str, str], log: Path) -> None:
        super().__init__("server.node", {**environ, "PORT": str(port)}, log)
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    def await_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(f"{self.url}/healthz"):
            assert time.monotonic() < deadline, self.last_words()
            time.sleep(0.05)


class House:
    """`nodes` serve the same stores; `cable` leads to the first and can be cut."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._folder = Path()
        self._environ: dict[str, str] = {}
        self.nodes: list[Node] = []
        self.cable = Cable(free_port())

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._build(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._stack.close()

    def empty_node(self) -> tuple[str, Node]:
        """A node on a database in which nobody is, and the path of its set-up link."""
        empty = {"DESKWIRE_DATABASE": f"empty_{free_port()}"}
        said = subprocess.run(
            [sys.executable, "-m", "server.cli", "setup-link"],
            env=self._environ | empty,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=True,
        )
        return said.stdout[said.stdout.index("/setup#") :].split()[0], self.add_node(**empty)

    def add_node(self, **environ: str) -> Node:
        """Another node with some variables of its own; who adds it stops it."""
        port = free_port()
        node = Node(port, self._environ | environ, self._folder / f"node-{port}.log")
        node.start()
        node.await_ready()
        return node

    def _build(self, stack: ExitStack) -> None:
        folder = self._folder = stack.enter_context(store_folder())
        stores = mongodb_process(folder), valkey_process(folder)
        for store in stores:
            store.start()
            stack.callback(store.kill)
        ports = [free_port(), free_port()]
        environ = self._environ = {
            **os.environ,
            "MONGODB_URL": stores[0].url,
            "REDIS_URL": stores[1].url,
            "SECRET_KEY": "a secret that only the tests know " + "x" * 32,
            "DATA": str(folder),
            "DESKWIRE_ALLOWED_ORIGINS": self.cable.url,
        }
        Program("server.seed", environ, folder / "seed.log").run()
        worker = Program("server.worker", environ, folder / "worker.log")
        worker.start()
        stack.callback(worker.stop)
        self.nodes = [Node(port, environ, folder / f"node-{port}.log") for port in ports]
        for node in self.nodes:
            node.start()
            stack.callback(node.stop)
        for node in self.nodes:
            node.await_ready()
        self.cable.lead_to(self.nodes[0].port)
        stack.callback(self.cable.cut)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False
