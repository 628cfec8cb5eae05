"""The process: where it listens, whom it refuses, how it ends, what it leaves."""

import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from pymongo import AsyncMongoClient, MongoClient

from tests.processes import kill_group, leashed
from tests.server.embedded.conftest import close_pipes, start_store

COMMAND = [sys.executable, "-m", "server.embedded"]


def refused(*options: str) -> str:
    """The message of a store that does not start."""
    result = subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=20)
    assert result.returncode not in (0, None)
    assert result.stdout == ""
    return result.stderr


def test_a_socket_is_for_its_user_only_and_gone_after_the_end(folder: Path):
    store = start_store(folder)
    try:
        assert stat.S_IMODE(store.socket.stat().st_mode) == 0o600
        assert store.stop() == 0
        assert not store.socket.exists()
    finally:
        close_pipes(store)


def test_port_0_takes_a_free_port_on_loopback_and_prints_it(folder: Path):
    process = leashed(
        [*COMMAND, "--data", str(folder), "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process, process.stdout:
        url = process.stdout.readline().split()[1]
        assert url.startswith("mongodb://127.0.0.1:")
        with MongoClient(url) as client:
            assert client.admin.command("hello")["deskwireEmbedded"] is True
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    kill_group(process)


def test_a_second_process_on_the_same_folder_is_refused(folder: Path):
    store = start_store(folder)
    try:
        message = refused("--data", str(folder), "--port", "0")
        assert f"already served by process {store.process.pid}" in message
    finally:
        close_pipes(store)


def test_a_stale_socket_is_replaced(folder: Path):
    store = start_store(folder)
    store.kill()
    close_pipes(store)
    assert store.socket.exists()

    again = start_store(folder)

    assert again.stop() == 0
    close_pipes(again)


def test_a_live_socket_is_refused(folder: Path):
    path = folder / "live.sock"
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        other.listen()
        assert "another server listens" in refused("--data", str(folder), "--socket", str(path))
    assert path.exists()


def test_a_file_in_place_of_the_socket_is_refused_and_kept(folder: Path):
    path = folder / "file.sock"
    path.write_text("precious")

    assert "is no socket" in refused("--data", str(folder), "--socket", str(path))
    assert path.read_text() == "precious"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("x" * 120 + ".sock", "longer than 107 bytes"), ("socket", "has to end in .sock")],
)
def test_a_name_that_no_driver_could_use_is_refused(folder: Path, name: str, reason: str):
    assert reason in refused("--data", str(folder), "--socket", str(folder / name))


async def test_it_ends_with_its_parent_and_keeps_the_data(folder: Path):
    store = start_store(
        folder, "--exit-with-parent", start=partial(subprocess.Popen, stdin=subprocess.PIPE)
    )
    async with AsyncMongoClient(store.url) as client:
        await client.db.things.insert_one({"_id": 1})
    assert store.process.stdin is not None
    store.process.stdin.close()
    assert store.process.wait(10) == 0
    close_pipes(store)

    again = start_store(folder)
    try:
        async with AsyncMongoClient(again.url) as client:
            assert await client.db.things.count_documents({}) == 1
    finally:
        close_pipes(again)


def test_data_of_the_first_form_is_read_and_its_kept_answers_are_gone(folder: Path):
    with sqlite3.connect(folder / "store.sqlite") as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(
            "CREATE TABLE retries (lsid BLOB, stmt INTEGER, txn INTEGER, reply BLOB, at INTEGER)"
        )
        connection.execute("INSERT INTO retries VALUES (x'00', 0, 1, 'a private text', 0)")
    connection.close()

    store = start_store(folder)
    try:
        with MongoClient(store.url) as client:
            client.db.things.insert_one({"_id": 1})
            client.db.command("compact", "things")
        kept = b"".join(path.read_bytes() for path in folder.glob("store.sqlite*"))
        assert b"a private text" not in kept
    finally:
        close_pipes(store)


def test_data_of_another_format_is_refused(folder: Path):
    store = start_store(folder)
    store.stop()
    close_pipes(store)
    connection = sqlite3.connect(folder / "store.sqlite")
    connection.execute("UPDATE meta SET value = '99'")
    connection.commit()
    connection.close()

    assert "has format 99" in refused("--data", str(folder), "--port", "0")


def test_a_file_that_is_no_database_is_refused_and_kept(folder: Path):
    path = folder / "store.sqlite"
    path.write_bytes(b"something precious " * 1000)

    assert "cannot open" in refused("--data", str(folder), "--port", "0")
    assert path.read_bytes() == b"something precious " * 1000


def test_nothing_of_ours_is_imported():
    code = (
        "import sys, server.embedded.__main__ as m;"
        "print([n for n in sys.modules if n.split('.')[0] in"
        " ('domain','realtime','ai','mobile_api','pydantic','beanie','starlette')"
        " or n.startswith('server.') and not n.startswith('server.embedded')])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "[]"
