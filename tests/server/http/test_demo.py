"""The demo's doors: what they do for its own pages, and for whom they stay shut."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from server.app import make_http
from server.demo.seeding import seed
from server.processes.status import VARIABLE, ProcessState, write_processes
from tests.processes import kill_group, leashed
from tests.server.demo.telling import few, story
from tests.server.http.desk import Desk, done, open_desk, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALL: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/api/demo", None),
    ("POST", "/api/demo/session", {"key": "agent"}),
    ("POST", "/api/demo/traffic", {"on": False}),
    ("POST", "/api/demo/nodes/node-a/kill", {}),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(
    mongodb_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Desk]:
    """A demo's desk, on which the company stands with a few stories."""
    folder = tmp_path_factory.mktemp("data")
    more: dict[str, Any] = {"mode": "demo", "allowed_origins": ("https://shop.example",)}
    async with open_desk(mongodb_url, redis_url, folder, people=False, **more) as desk:
        await seed(desk.parts, first=True, extent=few())
        yield desk


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def _unhurried(demo: Desk) -> None:  # pyright: ignore[reportUnusedFunction]
    async for key in demo.parts.redis.scan_iter("dw1:login:*"):
        await demo.parts.redis.delete(key)


class Nodes:
    """Two processes that stand in the supervisor's file as nodes."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.running = {name: _sleeper() for name in ("node-a", "node-b")}
        self.tell(node_a="running", node_b="running")

    def tell(self, **phases: Any) -> None:
        write_processes(
            self.place,
            [
                ProcessState(
                    name=(name := key.replace("_", "-")),
                    phase=phase,
                    pid=self.running[name].pid,
                    restarts=0,
                    since=1,
                )
                for key, phase in phases.items()
            ],
        )


def _sleeper() -> subprocess.Popen[bytes]:
    return leashed([sys.executable, "-c", "import signal; signal.pause()"])


@pytest.fixture
def nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Nodes]:
    place = tmp_path / "processes.json"
    monkeypatch.setenv(VARIABLE, str(place))
    nodes = Nodes(place)
    yield nodes
    for each in nodes.running.values():
        kill_group(each)


async def test_the_page_is_told_who_there_is_and_where_the_tour_goes(demo: Desk, nodes: Nodes):
    seen = done(await demo.get(None, "/api/demo"))

    assert [each["key"] for each in seen["people"]] == [
        *("client", "agent", "agent2", "supervisor", "admin"),
    ]
    assert {**seen["people"][0], "face": None} == {
        **{"key": "client", "name": "Mia Keller"},
        **{"role": "client", "email": "client@demo.test", "face": None},
    }
    assert {each["name"]: each["phase"] for each in seen["nodes"]} == {
        "node-a": "running",
        "node-b": "running",
    }
    assert seen["traffic"] == {"on": True, "people": 0}
    ticket = await demo.parts.store.database["tickets"].find_one(
        {"_id": seen["story"]["ticket_id"]}
    )
    assert ticket is not None
    assert ticket["state"]["title"] == story("range-has-halved").title


@pytest.mark.parametrize("key", ["client", "agent", "agent2", "supervisor", "admin"])
async def test_each_of_them_is_one_click_away(demo: Desk, key: str):
    granted = done(await demo.post(None, "/api/demo/session", {"key": key}))

    headers = {"Authorization": f"Bearer {granted['access_token']}"}
    me = done(await demo.http.get("/api/auth/me", headers=headers))
    assert me["user"]["email"] == f"{key}@demo.test"
    (shown,) = (e for e in done(await demo.get(None, "/api/demo"))["people"] if e["key"] == key)
    assert shown["face"] == me["user"]["contact_id" if key == "client" else "id"]
    assert granted["refresh_token"]


async def test_nobody_else_is(demo: Desk):
    refused(await demo.post(None, "/api/demo/session", {"key": "aoife"}), 404, "not_found")


async def test_traffic_that_was_stopped_stays_stopped(demo: Desk):
    assert done(await demo.post(None, "/api/demo/traffic", {"on": False})) == {"on": False}
    assert done(await demo.get(None, "/api/demo"))["traffic"]["on"] is False

    assert done(await demo.post(None, "/api/demo/traffic", {"on": True})) == {"on": True}
    assert done(await demo.get(None, "/api/demo"))["traffic"]["on"] is True


async def test_a_node_is_killed_where_another_runs(demo: Desk, nodes: Nodes):
    victim = nodes.running["node-a"]

    killed = done(await demo.post(None, "/api/demo/nodes/node-a/kill"))

    assert killed == {"name": "node-a", "pid": victim.pid}
    assert victim.wait(10) == -signal.SIGKILL
    assert nodes.running["node-b"].poll() is None


async def test_a_second_kill_has_to_wait(demo: Desk, nodes: Nodes):
    done(await demo.post(None, "/api/demo/nodes/node-a/kill"))

    refused(await demo.post(None, "/api/demo/nodes/node-b/kill"), 429, "rate_limited")

    assert nodes.running["node-b"].poll() is None


async def test_the_only_node_that_runs_is_not_killed(demo: Desk, nodes: Nodes):
    nodes.tell(node_a="restarting", node_b="running")

    refused(await demo.post(None, "/api/demo/nodes/node-b/kill"), 409, "conflict")

    assert nodes.running["node-b"].poll() is None


async def test_nothing_but_a_node_is_killed(demo: Desk, nodes: Nodes):
    refused(await demo.post(None, "/api/demo/nodes/worker/kill"), 404, "not_found")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://shop.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "rebound.example:8000"},
    ],
    ids=lambda headers: " ".join(*headers.items()),
)
@pytest.mark.parametrize(("method", "path", "body"), ALL)
async def test_no_other_page_in_the_same_browser_comes_in(
    demo: Desk, nodes: Nodes, headers: dict[str, str], method: str, path: str, body: Any
):
    answer = await demo.ask(None, method, path, headers=headers, json=body)

    refused(answer, 403, "forbidden")
    assert all(each.poll() is None for each in nodes.running.values())


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8000", "http://localhost:8000", None])
async def test_its_own_pages_do(demo: Desk, origin: str | None):
    headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"} if origin else {}

    done(await demo.ask(None, "GET", "/api/demo", headers=headers))


@pytest.mark.parametrize(("method", "path", "body"), ALL)
async def test_no_other_machine_comes_in(
    demo: Desk, nodes: Nodes, method: str, path: str, body: Any
):
    far = httpx.ASGITransport(make_http(demo.parts), client=("192.0.2.7", 4711))
    async with httpx.AsyncClient(transport=far, base_url=demo.parts.settings.public_url) as http:
        refused(await http.request(method, path, json=body), 403, "forbidden")
    assert all(each.poll() is None for each in nodes.running.values())


@pytest.mark.parametrize(("method", "path", "body"), ALL)
async def test_production_has_no_such_doors(desk: Desk, method: str, path: str, body: Any):
    refused(await desk.ask(None, method, path, json=body), 404, "not_found")


async def test_the_contracts_have_none_either():
    openapi = Path(__file__).parents[3] / "clients" / "contracts" / "openapi.json"
    named = json.loads(openapi.read_text())["paths"]

    assert [path for path in named if path.startswith("/api/demo")] == ["/api/demo/mail"]
