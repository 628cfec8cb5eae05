"""Places for stores, and the commands of an operator who backs them up and restores them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bson import encode
from pymongo import MongoClient
from redis import Redis

from server.cli import main
from tests.processes import Program
from tests.stores import mongodb_process, store_folder, valkey_process

SECRET = "a secret that only the tests know " + "x" * 32


@dataclass
class Place:
    """A pair of stores with a data folder; no product runs on it by itself."""

    folder: Path
    mongodb: Program
    valkey: Program
    environ: dict[str, str]

    @property
    def files(self) -> Path:
        return self.folder / "data" / "attachments"

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Give a `deskwire` command here."""
        return deskwire(self.environ | environ, *arguments)

    def give(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The same in this process: importing it all anew takes longer than most commands."""
        out, err = StringIO(), StringIO()
        with patch.dict(os.environ, self.environ), redirect_stdout(out), redirect_stderr(err):
            code = main(arguments)
        return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())

    def clear(self) -> None:
        """As it was at first: nothing in the stores, and no data folder."""
        with MongoClient[dict[str, Any]](self.mongodb.url) as client:
            client.drop_database("deskwire")
        with Redis.from_url(self.valkey.url) as redis:
            redis.flushall()
        shutil.rmtree(self.folder / "data", ignore_errors=True)

    def stored(self) -> list[bytes]:
        """Everything in every collection and every file of the folder."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        return [*self.documents(), *(path.read_bytes() for path in files)]

    def documents(self) -> list[bytes]:
        with MongoClient[dict[str, Any]](self.mongodb.url) as client:
            return [
                encode(document)
                for name in client["deskwire"].list_collection_names()
                for document in client["deskwire"][name].find()
            ]

    def all_of(self, name: str, **where: Any) -> list[dict[str, Any]]:
        with MongoClient[dict[str, Any]](self.mongodb.url) as client:
            return list(client["deskwire"][name].find(where).sort("_id"))

    def keys(self) -> list[bytes]:
        with Redis.from_url(self.valkey.url) as redis:
            return list(redis.scan_iter())


def deskwire(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server.cli", *arguments],
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
    )


@contextmanager
def empty_place() -> Generator[Place]:
    """Fresh stores with nothing in them."""
    with store_folder() as folder, ExitStack() as stack:
        stores = [mongodb_process(folder), valkey_process(folder)]
        for store in stores:
            stack.callback(store.kill)
            store.begin()
        for store in stores:
            store.await_ready()
        environ = {
            **os.environ,
            "MONGODB_URL": stores[0].url,
            "REDIS_URL": stores[1].url,
            "SECRET_KEY": SECRET,
            "DATA": str(folder / "data"),
        }
        yield Place(folder, stores[0], stores[1], environ)
