"""One house and one browser a session; visitors come and go with each test."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from domain.inbox.state import DEFAULT_INBOX_ID
from tests.e2e.house import House
from tests.processes import held_port
from tests.server.processes.commanding import Commanded, deskwire

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.e2e.shop import Shop
    from tests.e2e.shopper import Shopper, Staff
    from tests.e2e.spectator import Spectator
    from tests.e2e.visitor import Visitor

if find_spec("playwright") is None:
    # `make test` needs no browser and installs nothing that drives one; `make e2e` does.
    collect_ignore_glob = ["test_*.py"]

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

Visit = Callable[..., "Visitor"]
Come = Callable[..., "Shopper"]
Watch = Callable[..., "Spectator"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def house() -> Generator[House]:
    with House() as house:
        yield house


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    from playwright.sync_api import expect, sync_playwright

    from tests.e2e.visitor import PATIENCE_MS

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def visit(house: House, browser: Browser, request: pytest.FixtureRequest) -> Generator[Visit]:
    """Sends somebody into the house: to a node, or along a cable with `url`.

    Clients and staff come in at different nodes, unless told otherwise.
    """
    from tests.e2e.visitor import PATIENCE_MS, Visitor

    visitors: list[Visitor] = []

    def visit(who: str, *, url: str | None = None, phone: bool = False) -> Visitor:
        node = house.nodes[0] if who == "client" else house.nodes[1]
        visitor = Visitor(browser, url or node.url, phone=phone)
        visitors.append(visitor)
        visitor.page.set_default_timeout(PATIENCE_MS)
        visitor.log_in(who)
        return visitor

    failed = request.session.testsfailed
    yield visit
    if request.session.testsfailed > failed:
        folder = Path("test-results")
        folder.mkdir(exist_ok=True)
        for place, visitor in enumerate(visitors):
            visitor.page.screenshot(path=folder / f"{request.node.name}-{place}.png")
    for visitor in visitors:
        visitor.close()
    problems = [problem for visitor in visitors for problem in visitor.problems]
    assert problems == []


@pytest.fixture
def stranger(house: House, browser: Browser) -> Generator[Visitor]:
    """Somebody whom nobody knows here."""
    from tests.e2e.visitor import Visitor

    stranger = Visitor(browser, house.nodes[0].url)
    yield stranger
    stranger.close()
    assert stranger.problems == []


@pytest.fixture(scope="session")
def shop(house: House) -> Generator[Shop]:
    """A shop of which the desk knows by its inbox only: no setting names it."""
    from tests.e2e.shop import Shop
    from tests.e2e.shopper import Staff

    with Shop() as shop:
        admin = Staff(house.nodes[1].url, "admin")
        first = admin.get(f"/api/inboxes/{DEFAULT_INBOX_ID}")
        inbox = {"name": "Fernhill Chat", "team_id": first["team_id"], "colour": "#2f6f4f"}
        admin.post("/api/inboxes", {**inbox, "sites": [shop.url]})
        admin.close()
        yield shop


@pytest.fixture
def come(shop: Shop, house: House, browser: Browser) -> Generator[Come]:
    """Sends somebody to the shop, whose chat goes to the first node or along the `cable`."""
    from playwright.sync_api import expect

    from tests.e2e.shopper import STAY, Shopper

    shoppers: list[Shopper] = []

    def come(
        *, cable: bool = False, init: str = "", path: str = "/", phone: bool = False
    ) -> Shopper:
        shop.desk = house.cable.url if cable else house.nodes[0].url
        shopper = Shopper(browser, shop.url, phone=phone)
        shoppers.append(shopper)
        if init:
            shopper.context.add_init_script(init)
        shopper.page.goto(path)
        expect(shopper.launcher).to_be_visible()
        shopper.evaluate(STAY)
        return shopper

    yield come
    for shopper in shoppers:
        shopper.close()
    assert [problem for each in shoppers for problem in each.problems] == []


@pytest.fixture
def staff(house: House) -> Generator[Staff]:
    """Somebody who answers without a browser."""
    from tests.e2e.shopper import Staff

    staff = Staff(house.nodes[1].url, "agent")
    yield staff
    staff.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Generator[Commanded]:
    """A whole demo, as a newcomer starts it; its month is told while one looks around."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    with held_port() as port, deskwire("demo", data_dir=folder, port=port) as running:
        running.wait_for("Ctrl-C stops it")
        yield running


@pytest.fixture
def watch(demo: Commanded, browser: Browser) -> Generator[Watch]:
    """Sends somebody to the demo."""
    from tests.e2e.spectator import Spectator

    url = demo.wait_for(r"serves (http://\S+)")[1]
    spectators: list[Spectator] = []

    def watch(*, phone: bool = False) -> Spectator:
        spectators.append(Spectator(browser, url, phone=phone))
        return spectators[-1]

    yield watch
    for spectator in spectators:
        spectator.close()
    assert [problem for each in spectators for problem in each.problems] == []
