"""The private folder of a data folder's sockets, and the lock on the data."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from server.processes.runtime import (
    AlreadyRunning,
    RuntimeFolderUnsafe,
    data_lock,
    is_running,
    make_runtime_folder,
    runtime_folder,
)
from server.processes.stores import Store, socket_of


def test_only_its_owner_may_enter_the_folder(data_dir: Path):
    assert make_runtime_folder(data_dir).stat().st_mode & 0o777 == 0o700


def test_the_path_of_a_socket_is_short_however_long_that_of_the_data_is(tmp_path: Path):
    deep = tmp_path.joinpath(*["a-long-name-of-a-folder"] * 20)
    assert len(os.fsencode(socket_of(Store.MONGODB, deep))) < 100


def test_two_data_folders_have_two_folders_for_sockets(tmp_path: Path):
    assert runtime_folder(tmp_path / "a") != runtime_folder(tmp_path / "b")


def test_a_folder_that_others_may_enter_is_refused(data_dir: Path):
    folder = make_runtime_folder(data_dir)
    folder.chmod(0o755)

    with pytest.raises(RuntimeFolderUnsafe, match=str(folder)):
        make_runtime_folder(data_dir)


def test_a_link_that_somebody_put_in_its_place_is_refused(data_dir: Path, tmp_path: Path):
    folder = runtime_folder(data_dir)
    folder.symlink_to(tmp_path)

    with pytest.raises(RuntimeFolderUnsafe):
        make_runtime_folder(data_dir)
    folder.unlink()


def test_a_second_one_on_the_same_data_is_told_who_has_it_and_breaks_nothing(data_dir: Path):
    with data_lock(data_dir, "deskwire demo"):
        assert is_running(data_dir)
        with (
            pytest.raises(AlreadyRunning, match=rf"deskwire demo \(process {os.getpid()}\)"),
            data_lock(data_dir, "deskwire up"),
        ):
            pass
        assert is_running(data_dir)

    assert not is_running(data_dir)
    with data_lock(data_dir, "deskwire up"):
        pass


def test_a_folder_that_was_let_go_is_waited_for_until_whoever_inherited_it_is_gone(data_dir: Path):
    sleeper = [sys.executable, "-c", "import time; time.sleep(0.5)"]
    with data_lock(data_dir, "deskwire demo") as lock:
        store = subprocess.Popen(sleeper, pass_fds=[lock])
    assert is_running(data_dir)

    with data_lock(data_dir, "deskwire up"):
        assert store.wait() == 0


def test_a_data_folder_that_was_never_used_is_not_running(data_dir: Path):
    assert not is_running(data_dir)
    assert not data_dir.exists()
