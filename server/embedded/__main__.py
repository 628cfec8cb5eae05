"""Serve a data folder: `python -m server.embedded --data DIR (--socket PATH | --port N)`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import gc
import logging
import os
import signal
import socket
import sqlite3
import stat
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from .engine import Engine
from .server import Connection
from .storage import Store
from .upkeep import upkeep
from .writer import Writer

# The kernel's limit for the path of a socket, less its final zero byte.
MAX_SOCKET_PATH = 107


def main() -> None:
    options = _options()
    logging.basicConfig(level=logging.WARNING, format="embedded store: %(message)s")
    # Collecting the oldest objects would stop everyone for 100 ms; cycles here die young.
    gc.set_threshold(10_000, 20, 1_000_000)
    os.umask(0o077)  # What people wrote is for this user only.
    folder = Path(options.data)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = _lock(folder)
    listener = _listen(options.socket, options.port)
    with lock, contextlib.suppress(KeyboardInterrupt):
        code = _run(_serve(folder, listener, options.socket, options.exit_with_parent))
        if options.socket:
            Path(options.socket).unlink(missing_ok=True)
        sys.exit(code)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m server.embedded", description=__doc__)
    parser.add_argument("--data", required=True, help="the folder of the data, made if missing")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--socket", help="a unix socket, for this user only")
    where.add_argument("--port", type=int, help="a port on 127.0.0.1; 0 takes a free one")
    parser.add_argument(
        "--exit-with-parent", action="store_true", help="stop when standard input closes"
    )
    return parser.parse_args()


def _run(main: Coroutine[Any, Any, int]) -> int:
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)
    return uvloop.run(main)


def _lock(folder: Path) -> IO[str]:
    lock = (folder / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        owner = lock.read().strip() or "another process"
        sys.exit(f"embedded store: {folder} is already served by process {owner}")
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _listen(path: str | None, port: int | None) -> socket.socket:
    if path is None:
        listener = socket.socket(socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            sys.exit(f"embedded store: cannot listen on port {port}: {error.strerror}")
        return listener
    if len(os.fsencode(path)) > MAX_SOCKET_PATH:
        sys.exit(f"embedded store: the socket's path is longer than {MAX_SOCKET_PATH} bytes")
    if not path.endswith(".sock"):
        sys.exit("embedded store: the socket's name has to end in .sock, or drivers refuse it")
    _remove_stale(Path(path))
    listener = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)  # The file is never there with a wider mode.
    try:
        listener.bind(path)
    except OSError as error:
        sys.exit(f"embedded store: cannot listen on {path}: {error.strerror}")
    finally:
        os.umask(before)
    return listener


def _remove_stale(path: Path) -> None:
    """Remove the socket of a server that is gone; refuse if anything else is there."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        sys.exit(f"embedded store: {path} exists and is no socket")
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
        except OSError as error:
            sys.exit(f"embedded store: cannot tell who serves {path}: {error.strerror}")
    sys.exit(f"embedded store: another server listens on {path}")


async def _serve(
    folder: Path, listener: socket.socket, path: str | None, exit_with_parent: bool
) -> int:
    """Serve until told to stop; the exit code is not 0 if the disk failed."""
    loop = asyncio.get_running_loop()
    stop: asyncio.Future[str | None] = loop.create_future()

    def end(reason: str | None) -> None:
        if not stop.done():
            stop.set_result(reason)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end, None)
    if exit_with_parent:
        loop.add_reader(0, lambda: os.read(0, 4096) or end(None))
    try:
        store = Store.open(folder)
    except sqlite3.Error as error:
        sys.exit(f"embedded store: cannot open {folder / 'store.sqlite'}: {error}")
    if path is None:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        url = f"mongodb://{address}/?directConnection=true"
    else:
        address = path
        url = f"mongodb://{quote(path, safe='')}/?directConnection=true"
    engine = Engine(store, Writer(store, end), address)
    connections: set[Connection] = set()
    server = await loop.create_server(lambda: Connection(engine, connections), sock=listener)
    chores = asyncio.create_task(upkeep(engine))
    print(f"ready {url}", flush=True)
    reason = await stop
    server.close()
    chores.cancel()
    engine.stopping = True
    for connection in list(connections):
        if not connection.busy:
            connection.end()
    await engine.writer.drain()
    for connection in list(connections):
        connection.end()
    engine.writer.close()
    store.close()
    if reason is not None:
        print(f"embedded store: {reason}", file=sys.stderr)
    return 0 if reason is None else 1


if __name__ == "__main__":
    main()
