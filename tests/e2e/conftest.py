"""One house and one browser a session; visitors come and go with each test."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.house import House

if TYPE_CHECKING:
    from playwright.sync_api import Browser

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
