"""Find ports that nobody listens on."""

from __future__ import annotations

import errno
import socket

from server.processes.refusal import Refused

TRIES = 50
BACKLOG = 2048


class PortTaken(Refused):
    """No port is free where one is needed."""


def is_free(host: str, port: int) -> bool:
    """Could a server listen there now?"""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As uvicorn does: connections of the last run that still linger do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise PortTaken(f"Port {port} needs more rights; take one above 1023.") from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise PortTaken(f"{host!r} is not an address of this machine.") from None
    return True


def next_free(host: str, port: int) -> int:
    """The first free port from this one on.

    Raises PortTaken when the next fifty are all taken.
    """
    for candidate in range(port, min(port + TRIES, 65536)):
        if is_free(host, candidate):
            return candidate
    raise PortTaken(
        f"The ports {port} to {port + TRIES - 1} are all taken; give another: PORT=9000"
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there, for several processes to inherit; raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named: asyncio sets TCP_NODELAY only then.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(BACKLOG)
    return listening


def require_free(host: str, ports: range) -> None:
    """Raises PortTaken naming those of the ports that somebody listens on."""
    taken = [str(port) for port in ports if not is_free(host, port)]
    if taken:
        raise PortTaken(f"Taken on {host}: {', '.join(taken)}; give other ports with --port.")
