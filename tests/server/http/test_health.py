"""Whether a node lives and is ready, asked while what it needs is there and while it is not."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server import clock
from server.http.health import judge_clocks
from server.processes.status import VARIABLE, ProcessState, write_processes
from tests.server.http.desk import Desk, done, open_desk, refused
from tests.stores import StoreProcess, mongodb_process, store_folder, valkey_process

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)


@pytest.fixture
def stores() -> Generator[tuple[StoreProcess, StoreProcess]]:
    """Stores of the test's own, to be killed."""
    with store_folder() as folder:
        pair = mongodb_process(folder), valkey_process(folder)
        for store in pair:
            store.start()
        yield pair
        for store in pair:
            store.kill()


async def unready(desk: Desk) -> set[str]:
    """The names of what is not ready."""
    response = await desk.http.get("/readyz")
    content = response.json()
    missing = {name for name, part in content["parts"].items() if not part["ready"]}
    assert content["ready"] is not bool(missing)
    assert response.status_code == (503 if missing else 200)
    return missing


async def test_a_node_is_ready_while_its_stores_are_and_lives_without_them(
    stores: tuple[StoreProcess, StoreProcess], tmp_path: Path
):
    mongodb, valkey = stores
    async with open_desk(mongodb.url, valkey.url, tmp_path, people=False) as desk:
        assert await unready(desk) == set()

        valkey.kill()
        assert await unready(desk) == {"redis"}
        valkey.start()
        assert await unready(desk) == set()

        mongodb.kill()
        assert await unready(desk) == {"mongodb", "clock"}
        assert done(await desk.http.get("/healthz")) == {"alive": True}
        body = {"email": "ann@desk.test", "password": "a password"}
        away = refused(await desk.post(None, "/api/auth/login", body), 503, "retryable")
        assert away["retryable"]
        mongodb.start()
        assert await unready(desk) == set()
        refused(await desk.post(None, "/api/auth/login", body), 401, "unauthenticated")


async def test_a_process_beside_it_that_is_down_is_named(
    mongodb_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    status = tmp_path / "processes.json"
    monkeypatch.setenv(VARIABLE, str(status))
    worker = ProcessState(name="worker", phase="running", pid=1, restarts=0, since=0)
    async with open_desk(mongodb_url, redis_url, tmp_path, people=False) as desk:
        write_processes(status, [worker])
        assert await unready(desk) == set()

        write_processes(status, [worker.model_copy(update={"phase": "restarting"})])
        assert await unready(desk) == {"worker"}


@pytest.mark.parametrize("off", [2_000, -2_000, 3_600_000])
async def test_a_machines_clock_that_jumps_is_noticed_and_moves_nothing(
    mongodb_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, off: int
):
    async with open_desk(mongodb_url, redis_url, tmp_path, people=False) as desk:
        assert await unready(desk) == set()
        before = desk.parts.clock.now()

        monkeypatch.setattr(clock, "clock_moved", lambda: off)

        assert await unready(desk) == {"clock"}
        assert desk.parts.clock.now() - before < 60_000
        assert desk.parts.realtime.options.now() - before < 60_000

        monkeypatch.undo()
        assert await unready(desk) == set()


@pytest.mark.parametrize(
    ("theirs", "ready"),
    [
        (NOW, True),
        (NOW + timedelta(milliseconds=700), True),
        (NOW - timedelta(milliseconds=500), True),
        (NOW - timedelta(milliseconds=501), False),
        (NOW + timedelta(milliseconds=701), False),
        (NOW.replace(tzinfo=None), True),
    ],
)
def test_a_clock_is_off_by_what_the_question_itself_cannot_explain(theirs: datetime, ready: bool):
    assert (
        judge_clocks(theirs, [(NOW_MS - 10_000, NOW_MS + 10_000), (NOW_MS, NOW_MS + 200)]).ready
        is ready
    )
