"""How nodes, the worker and short commands are started."""

from __future__ import annotations

import socket
import sys

from server.processes.child import ChildSpec
from server.processes.probes import answers_http, says
from server.settings import Settings

LOCAL = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def node_spec(settings: Settings, port: int) -> ChildSpec:
    """A node that serves HTTP and sockets on a port."""
    name = f"node-{port}"
    return ChildSpec(
        name=name,
        command=(sys.executable, "-m", "server.node", "--port", str(port)),
        environ=settings.model_copy(update={"node": name}).to_environ(),
        ready=answers_http(LOCAL.get(settings.host, settings.host), port, "/healthz"),
    )


def shared_node_spec(settings: Settings, name: str, listening: socket.socket) -> ChildSpec:
    """One of several nodes that take connections from the same socket.

    Whoever's node dies comes back through the same address to another one. Long polling needs
    its requests to come to one node, and gets that only while a browser keeps its connection:
    in production nginx stands in front.
    """
    return ChildSpec(
        name=name,
        command=(sys.executable, "-m", "server.node", "--fd", str(listening.fileno())),
        environ=settings.model_copy(update={"node": name}).to_environ(),
        ready=says("serving"),
        inherits=(listening.fileno(),),
    )


def worker_spec(settings: Settings) -> ChildSpec:
    """The worker: reactors, sweeper, timers, counters."""
    return ChildSpec(
        name="worker",
        command=(sys.executable, "-m", "server.worker"),
        # Reading 100,000 vectors is as fast as memory is: a second thread only spins beside it.
        environ={**settings.to_environ(), "OPENBLAS_NUM_THREADS": "1"},
        ready=says("ready"),
    )


def command_spec(settings: Settings, name: str, *module: str) -> ChildSpec:
    """A module of ours that does one thing and ends, with its arguments."""
    return ChildSpec(
        name=name,
        command=(sys.executable, "-m", *module),
        environ=settings.to_environ(),
    )
