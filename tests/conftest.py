"""Every test is watched: nothing that is for staff may reach anybody else.

And recorded: what the product asks of its store is on a list.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.recording import plugin as recording
from tests.watching.seams import Seams
from tests.watching.watch import WATCH, Watch

HERE = Path(__file__).parent
LONGEST = (
    *("faults", "releases", "attacks", "simulation", "loadtests", "contract/test_wire.py"),
    *("server/backup", "server/processes", "server/demo", "server/jobs"),
)
"""Whole products, and what they do for a while: first, so that no worker ends alone with them."""

_seams = Seams(WATCH)


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.register(recording)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest = [HERE / each for each in LONGEST]
    items.sort(key=lambda item: not any(item.path.is_relative_to(each) for each in longest))


@pytest.fixture
def watch() -> Watch:
    """The watch over this test, for what is sent by processes of its own."""
    return WATCH


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup() -> Generator[None, Any, Any]:
    WATCH.forget()
    _seams.watch_imported()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, Any, Any]:
    result = yield
    WATCH.judge()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, Any, Any]:
    result = yield
    WATCH.judge()
    return result


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["watched"] = dict(WATCH.counts)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Of pytest-xdist: a worker has ended, and what it saw counts as ours."""
    WATCH.counts.update(getattr(node, "workeroutput", {}).get("watched", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    seen = WATCH.counts
    terminalreporter.write_line(
        f"watched: {seen['packets']:,} packets, {seen['answers']:,} answers and"
        f" {seen['letters']:,} letters to others than staff, for {seen['texts']:,} private texts"
    )
