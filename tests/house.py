"""The whole product as processes of its own, each of which can be killed and come back."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from tests.processes import START_SECONDS, Program, held_port, is_ready, module
from tests.stores import mongodb_process, store_folder, valkey_process

NODE = ("server.node",)


class House:
    """Two nodes and a worker on fresh stores, with a few people, for as long as a `with`.

    `second_node` is a module and its first arguments, where that node is of another release;
    `of_nodes` are variables of each node, `environ` those that all parts get.
    """

    folder: Path
    """Of the stores, the uploads and all logs."""
    environ: dict[str, str]
    mongodb: Program
    valkey: Program
    nodes: list[Program]
    worker: Program

    def __init__(
        self,
        second_node: tuple[str, ...] = NODE,
        of_nodes: Sequence[Mapping[str, str]] = ({}, {}),
        **environ: str,
    ) -> None:
        self._second_node = second_node
        self._of_nodes = of_nodes
        self._more = environ
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._build(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._stack.close()

    def part(self, name: str) -> Program:
        """A part by the name that the tests use for it."""
        return self.nodes[0] if name == "node" else getattr(self, name)

    def complaints(self) -> str:
        """The ends of all logs, for a failed test."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"== {log.name}\n{log.read_text()[-1500:]}" for log in logs)

    def add_node(self, **environ: str) -> Program:
        """One more node, with some variables of its own; it ends with the house at the latest."""
        node = self.node(*NODE, port=self._stack.enter_context(held_port()), **environ)
        self._stack.callback(node.kill)
        node.start()
        return node

    def empty_node(self) -> tuple[str, Program]:
        """A node on a database in which nobody is, and the path of its set-up link."""
        empty = {"DESKWIRE_DATABASE": f"empty_{uuid4().hex}"}
        said = subprocess.run(
            module("server.cli", "setup-link"),
            env=self.environ | empty,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=True,
        )
        return said.stdout[said.stdout.index("/setup#") :].split()[0], self.add_node(**empty)

    def node(self, *parts: str, port: int, **environ: str) -> Program:
        """A node on a port; not started yet. `parts` are its module and first arguments."""
        url = f"http://127.0.0.1:{port}"
        command = (*parts, "--port", str(port))
        answers = partial(is_ready, url)
        return self.program(f"node-{port}", *command, environ=environ, url=url, answers=answers)

    def program(
        self, name: str, *parts: str, environ: Mapping[str, str] = {}, **more: Any
    ) -> Program:
        """A module with its arguments; not started yet. `environ` adds to the house's."""
        log = self.folder / f"{name}.log"
        return Program(name, module(*parts), log, environ={**self.environ, **environ}, **more)

    def _build(self, stack: ExitStack) -> None:
        self.folder = stack.enter_context(store_folder())
        self.mongodb, self.valkey = mongodb_process(self.folder), valkey_process(self.folder)
        for store in (self.mongodb, self.valkey):
            stack.callback(store.kill)
            store.start()
        self.environ = {
            **os.environ,
            "MONGODB_URL": self.mongodb.url,
            "REDIS_URL": self.valkey.url,
            "SECRET_KEY": "a secret that only the tests know " + "x" * 32,
            "DATA": str(self.folder / "data"),
            # A few people speak for many, with many devices.
            "DESKWIRE_SOCKET_COMMANDS_PER_SECOND": "1000",
            "DESKWIRE_SOCKETS_PER_USER": "10000",
            "DESKWIRE_SOCKETS_PER_ADDRESS": "10000",
            "DESKWIRE_HANDSHAKES_PER_MINUTE": "1000000",
            "DESKWIRE_EMBEDDER": "none",  # A model takes seconds and a gigabyte.
            **self._more,
        }
        self.program("seed", "tests.seed").run()
        self.nodes = [
            self.node(*parts, port=stack.enter_context(held_port()), **environ)
            for parts, environ in zip((NODE, self._second_node), self._of_nodes, strict=True)
        ]
        self.worker = self.program("worker", "server.worker")
        for part in (*self.nodes, self.worker):
            stack.callback(part.kill)
            part.begin()
        for part in (*self.nodes, self.worker):
            part.await_ready()
