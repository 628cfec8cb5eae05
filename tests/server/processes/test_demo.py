"""The whole demo as a newcomer starts it: real stores, a real node, a real worker."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator

import httpx
import pytest

from server.demo.people import LOG_INS, PASSWORD
from tests.server.processes.commanding import Commanded, deskwire, log_in
from tests.server.processes.waiting import is_alive, until
from tests.waiting import ANSWER_SECONDS


@pytest.fixture(scope="module")
def taken_port() -> Iterator[int]:
    """The port that the demo is asked to take; somebody else has it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, taken_port: int) -> Iterator[Commanded]:
    data_dir = tmp_path_factory.mktemp("demo") / "data"
    with deskwire("demo", data_dir=data_dir, port=taken_port) as running:
        running.wait_for("Ctrl-C stops it")
        yield running


def address_of(demo: Commanded) -> str:
    return demo.wait_for(r"serves (http://\S+)")[1]


def tickets_of(address: str, who: str, *ids: str) -> dict[str, str]:
    """The tickets of these ids that somebody sees, by id; those of the first page without any."""
    token = log_in(address, f"{who}@demo.test", PASSWORD).json()["access_token"]
    with httpx.Client(
        base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=ANSWER_SECONDS
    ) as http:
        if not ids:
            rows = http.get("/api/tickets").raise_for_status().json()["items"]
        else:
            answers = [http.get(f"/api/tickets/{each}") for each in ids]
            rows = [answer.raise_for_status().json() for answer in answers]
    return {row["id"]: row["title"] for row in rows}


def test_a_taken_port_takes_the_next_and_says_so(demo: Commanded, taken_port: int):
    port = int(demo.wait_for(rf"Port {taken_port} is taken; taking (\d+)")[1])

    assert port > taken_port
    assert address_of(demo) == f"http://127.0.0.1:{port}"


def test_it_prints_who_can_log_in_and_they_can(demo: Commanded):
    for who in LOG_INS:
        assert f"    {who}@demo.test" in demo.lines
        answer = log_in(address_of(demo), f"{who}@demo.test", PASSWORD)
        assert answer.status_code == 200, answer.text


async def test_readyz_names_a_dead_worker_until_it_is_back(demo: Commanded):
    def readiness() -> httpx.Response:
        return httpx.get(f"{address_of(demo)}/readyz", timeout=10)

    assert (await until(lambda: readiness())).status_code == 200
    os.kill(demo.states()["worker"].pid or 0, signal.SIGKILL)

    refused = await until(lambda: answer if (answer := readiness()).status_code == 503 else None)
    assert refused
    assert not refused.json()["parts"]["worker"]["ready"]
    await until(lambda: readiness().status_code == 200, 60)
    assert demo.states()["worker"].restarts == 1


async def test_one_node_is_killed_and_the_other_takes_its_place_at_once(demo: Commanded):
    killed = demo.states()["node-a"]
    os.kill(killed.pid or 0, signal.SIGKILL)

    for _ in range(20):
        answer = await asyncio.to_thread(httpx.get, f"{address_of(demo)}/healthz", timeout=10)
        assert answer.status_code == 200
    await until(lambda: demo.states()["node-a"].restarts == killed.restarts + 1, 60)
    await until(lambda: demo.states()["node-a"].running, 60)


async def test_a_second_start_finds_the_data_of_the_first(demo: Commanded, taken_port: int):
    before = tickets_of(address_of(demo), "agent")
    pids = [state.pid or 0 for state in demo.states().values()]
    assert before

    assert demo.stop() == 0

    assert not any(map(is_alive, pids))
    with deskwire("demo", data_dir=demo.data_dir, port=taken_port) as second:
        second.wait_for("Ctrl-C stops it")
        assert not any("move in" in line for line in second.lines)
        # Others may have come since; the month is told behind the running server.
        assert tickets_of(address_of(second), "agent", *before) == before
