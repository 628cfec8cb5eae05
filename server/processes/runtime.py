"""Where the processes of one data folder meet: a private folder for sockets, and a lock."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import time
from collections.abc import Generator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import IO

from server.processes.refusal import Refused

LOCK = "deskwire.lock"
ENDING_SECONDS = 15.0  # A leash ends its command by force after ten.


class RuntimeFolderUnsafe(Refused):
    """Somebody else owns or may enter the folder that our sockets should be in."""


class AlreadyRunning(Refused):
    """Another Deskwire runs on this data folder."""


def runtime_folder(data_dir: Path) -> Path:
    """The place of the folder for the sockets of a data folder.

    It is not in the data folder, since a unix socket's path has at most 104 bytes; nor in TMPDIR,
    which is as long on macOS and differs between shells.
    """
    digest = blake2b(os.fsencode(data_dir.resolve()), digest_size=5).hexdigest()
    return Path("/tmp") / f"dw-{digest}-{os.getuid()}"


def make_runtime_folder(data_dir: Path) -> Path:
    """Make that folder so that only its owner may enter.

    Raises RuntimeFolderUnsafe when somebody else has made it first.
    """
    folder = runtime_folder(data_dir)
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise RuntimeFolderUnsafe(f"{folder} must be a folder that only you may enter; remove it.")
    return folder


@contextmanager
def data_lock(data_dir: Path, doing: str) -> Generator[int]:
    """Hold a data folder alone; `doing` is what another one is told meanwhile.

    Gives the descriptor of the lock. Whoever inherits it holds the folder too: after a kill -9 of
    the holder the next one waits until its stores have closed their files. Raises AlreadyRunning.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / LOCK).open("a+") as file:
        deadline = time.monotonic() + ENDING_SECONDS
        while not _try_lock(file):
            if _holder_lives(data_dir) or time.monotonic() > deadline:
                raise AlreadyRunning(_say_who(data_dir))
            time.sleep(0.05)
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "doing": doing}))
        file.flush()
        try:
            yield file.fileno()
        finally:
            # Whoever inherited it may not be gone yet: the next one is to wait for that.
            file.truncate(0)


def is_running(data_dir: Path) -> bool:
    """Does a Deskwire run on this data folder?"""
    try:
        with (data_dir / LOCK).open() as file:
            return not _try_lock(file)
    except FileNotFoundError:
        return False


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(data_dir: Path) -> tuple[int, str] | None:
    """The process that holds the folder, and what it does; None if it has not yet said so."""
    try:
        holder = json.loads((data_dir / LOCK).read_text())
        return int(holder["pid"]), str(holder["doing"])
    except (ValueError, KeyError, TypeError):
        return None


def _holder_lives(data_dir: Path) -> bool:
    holder = _holder(data_dir)
    if holder is None:
        return False
    try:
        os.kill(holder[0], 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # It lives, as somebody else's.
    return True


def _say_who(data_dir: Path) -> str:
    holder = _holder(data_dir)
    who = f"{holder[1]} (process {holder[0]})" if holder else "Another process"
    return (
        f"{who} already uses the data in {data_dir}.\n"
        "Stop it first (Ctrl-C in its terminal), or give another folder: DATA=./other"
    )
