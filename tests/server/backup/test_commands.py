"""Backup and restore as an operator gives them: what is refused, cut off, repeated."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Generator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.server.backup.places import Place, empty_place


@pytest.fixture(scope="module")
def seeded() -> Generator[Place]:
    """A store with the demo's people and tickets; nobody uses it."""
    with empty_place() as place:
        environ = place.environ | {"DESKWIRE_MODE": "production"}
        subprocess.run([sys.executable, "-m", "tests.seed"], env=environ, check=True)
        yield place


@pytest.fixture(scope="module")
def other() -> Generator[Place]:
    with empty_place() as place:
        yield place


@pytest.fixture
def empty(other: Place) -> Place:
    other.clear()
    assert (other.documents(), other.keys()) == ([], [])
    return other


@pytest.fixture(scope="module")
def taken(seeded: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("taken") / "desk.zip"
    done = seeded.run("backup", str(place))
    assert done.returncode == 0, done.stderr
    return place


@pytest.fixture
def archive(taken: Path, tmp_path: Path) -> Path:
    """A backup that the test may do with as it likes."""
    return Path(shutil.copy2(taken, tmp_path))


def everything(place: Place) -> dict[str, object]:
    """All that lasts; what commits owe is theirs to pay."""
    names = ("tickets", "agents", "messages", "users", "contacts", "roles", "audit")
    log = [{**commit, "pending": None} for commit in place.all_of("log")]
    return {"log": log, **{name: place.all_of(name) for name in names}}


def owing(place: Place, work: str) -> list[str]:
    return [commit["_id"] for commit in place.all_of("log") if work in commit["pending"]]


def test_a_backup_is_its_owners_alone_and_replaces_no_file_unasked(
    seeded: Place, archive: Path, tmp_path: Path
):
    before = archive.read_bytes()

    refused = seeded.give("backup", str(archive))

    assert archive.stat().st_mode & 0o777 == 0o600
    assert refused.returncode == 1
    assert "is there already; give another name, or --force" in refused.stderr
    assert archive.read_bytes() == before
    assert seeded.run("backup", "--force", str(archive)).returncode == 0
    assert archive.read_bytes() != before
    assert list(tmp_path.iterdir()) == [archive]


def test_a_restore_brings_everything_back_but_the_log_ins_and_the_epoch(
    seeded: Place, empty: Place, archive: Path
):
    done = empty.run("restore", str(archive))

    assert done.returncode == 0, done.stderr
    assert everything(empty) == everything(seeded)
    assert len(empty.all_of("log")) > 0
    assert owing(seeded, "react:mail")  # Nobody worked here: they wait to be mailed,
    assert owing(empty, "react:mail") == []  # and after a restore might have been.
    assert owing(empty, "react:rows") == owing(seeded, "react:rows")
    (old,), (new,) = seeded.all_of("store"), empty.all_of("store")
    assert new["epoch"] != old["epoch"]
    assert new["origin"] == old["epoch"]
    for name in ("sessions", "refresh_tokens", "leases", "counters"):
        assert empty.all_of(name) == []


def test_a_restore_into_a_store_with_something_in_it_is_refused(
    seeded: Place, empty: Place, archive: Path
):
    assert empty.give("restore", str(archive)).returncode == 0
    before = empty.documents()

    again = empty.run("restore", str(archive))

    assert again.returncode == 1
    assert "The store is not empty" in again.stderr
    assert "DATA=./other" in again.stderr
    assert empty.documents() == before


def test_a_full_disk_is_said_and_leaves_no_half_file(seeded: Place, tmp_path: Path):
    command = f"ulimit -f 2; exec {sys.executable} -m server.cli backup {tmp_path}/desk.zip"

    done = subprocess.run(
        ["bash", "-c", command], env=seeded.environ, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 1
    assert "deskwire: There is no room for" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def flipped(archive: Path) -> bytes:
    """One bit of the log's packed bytes is another one."""
    raw = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as opened:
        member = opened.getinfo("collections/log.bson")
    raw[member.header_offset + 60 + member.compress_size // 2] ^= 4
    return bytes(raw)


def exchanged(archive: Path) -> bytes:
    """A whole zip in which one member is not what the manifest says."""
    other = archive.with_name("other.zip")
    with zipfile.ZipFile(archive) as opened, zipfile.ZipFile(other, "w") as written:
        for name in opened.namelist():
            data = opened.read(name)
            written.writestr(name, data[: len(data) // 2] if name.endswith("log.bson") else data)
    return other.read_bytes()


def newer(archive: Path) -> bytes:
    other = archive.with_name("newer.zip")
    with zipfile.ZipFile(archive) as opened, zipfile.ZipFile(other, "w") as written:
        manifest = json.loads(opened.read("manifest.json")) | {"format": 2}
        written.writestr("manifest.json", json.dumps(manifest))
    return other.read_bytes()


def test_a_damaged_archive_is_refused_before_anything_is_put_in(
    empty: Place, archive: Path, tmp_path: Path
):
    bad = {
        "flipped": (flipped(archive), "is damaged"),
        "exchanged": (exchanged(archive), "log.bson is not what was written"),
        "cut": (archive.read_bytes()[:-100], "is damaged"),
        "no zip": (b"nothing of ours", "is damaged"),
        "newer": (newer(archive), "newer Deskwire"),
    }
    for name, (content, said) in bad.items():
        place = tmp_path / "bad.zip"
        place.write_bytes(content)

        done = empty.give("restore", str(place))

        assert done.returncode == 1, name
        assert said in done.stderr, (name, done.stderr)
        assert "Traceback" not in done.stderr
        assert empty.documents() == []


@pytest.mark.parametrize(
    "step", ["after_load:4", "after_loading", "after_ending", "after_erasure", "after_apply"]
)
def test_a_restore_that_is_killed_lets_nobody_in_and_can_be_given_again(
    seeded: Place, empty: Place, archive: Path, tmp_path: Path, step: str
):
    # Given a list that erases a message of the backup
    posted = seeded.all_of("messages")[0]
    listed = tmp_path / "erasures.jsonl"
    origin = seeded.all_of("store")[0]["epoch"]
    erasure = {"kind": "message", "id": posted["_id"], "ticket_id": posted["ticket_id"], "at": 1}
    first = {"deskwire": "erasures", "store": origin, "count": 1}
    listed.write_text(f"{json.dumps(first)}\n{json.dumps(erasure)}\n")
    command = ("restore", str(archive), "--erasures", str(listed))

    # When it is killed at a step
    assert empty.run(*command, DESKWIRE_FAULT=step).returncode == 137

    # Then nobody may open the store, and the same command brings it to its end
    refused = empty.give("setup-link")
    assert refused.returncode == 1
    assert "has not come to its end" in refused.stderr
    other = empty.give("restored")
    assert "give it once more instead" in other.stderr
    done = empty.give(*command)
    assert done.returncode == 0, done.stderr
    assert empty.give("setup-link").returncode == 0
    (redacted,) = empty.all_of("messages", _id=posted["_id"])
    assert (redacted["body"], redacted["redacted_at"] is not None) == ("", True)
    assert len(empty.all_of("log")) == len(seeded.all_of("log")) + 1
    assert len(empty.all_of("messages")) == len(seeded.all_of("messages"))

    # And what comes after a restore of others' does no harm here
    documents = everything(empty)
    done = empty.give("restored", "--erasures", str(listed))
    assert done.returncode == 0, done.stderr
    assert everything(empty) == documents


def test_a_list_that_is_cut_off_or_anothers_is_refused_before_anything_is_put_in(
    seeded: Place, empty: Place, archive: Path, tmp_path: Path
):
    origin = seeded.all_of("store")[0]["epoch"]
    first = json.dumps({"deskwire": "erasures", "store": origin, "count": 2})
    user = json.dumps({"kind": "user", "id": str(uuid4()), "at": 1})
    bad = {
        f"{first}\n{user}\n": "is cut off after line 2",
        f"{first}\n{user}\n{user[:9]}": "Line 3 of",
        first.replace(origin, "another"): "is the list of another store",
        user: "is no list of",
        "": "Line 1 of",
    }
    for content, said in bad.items():
        listed = tmp_path / "erasures.jsonl"
        listed.write_text(content)

        done = empty.give("restore", str(archive), "--erasures", str(listed))

        assert done.returncode == 1
        assert said in done.stderr, done.stderr
        assert empty.documents() == []


def test_a_demos_backup_does_not_go_into_a_production_store(
    seeded: Place, empty: Place, archive: Path, tmp_path: Path
):
    demo = tmp_path / "demo.zip"
    with zipfile.ZipFile(archive) as opened, zipfile.ZipFile(demo, "w") as written:
        for name in opened.namelist():
            data = opened.read(name)
            if name == "manifest.json":
                data = json.dumps(json.loads(data) | {"mode": "demo"}).encode()
            written.writestr(name, data)

    done = empty.give("restore", str(demo))

    assert done.returncode == 1
    assert "everybody knows the demo's passwords" in done.stderr
    assert empty.documents() == []
