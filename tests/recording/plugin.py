"""The recorder in every test run: a test that makes the product ask for something new fails."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from pymongo import monitoring

from tests.recording.recorder import USED, Recorder, read_list, told, write_list

RECORDER = pytest.StashKey[Recorder]()
UNUSED = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("deskwire")
    group.addoption(
        "--used-commands", default=str(USED), help="the list of what the product may ask"
    )
    group.addoption(
        "--record-commands", action="store_true", help="write what the product asks into that list"
    )


def pytest_configure(config: pytest.Config) -> None:
    recorder = Recorder(read_list(_list(config)))
    config.stash[RECORDER] = recorder
    monitoring.register(recorder)  # With every client that this process opens.


def _list(config: pytest.Config) -> Path:
    return Path(config.getoption("used_commands"))


def _check(config: pytest.Config) -> None:
    new = config.stash[RECORDER].new()
    if new and not config.getoption("record_commands"):
        pytest.fail(told(new), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fails the test whose set-up or body made the product ask for what is not listed."""
    result = yield
    _check(item.config)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    result = yield
    _check(item.config)
    return result


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Of pytest-xdist: a worker has ended, and what it saw counts as ours."""
    seen = node.config.stash[RECORDER].seen
    for *shape, place in getattr(node, "workeroutput", {}).get("shapes", []):
        seen.setdefault(tuple(shape), place)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    config, recorder = session.config, session.config.stash[RECORDER]
    if hasattr(config, "workeroutput"):
        shapes = [[*shape, place] for shape, place in recorder.seen.items()]
        config.workeroutput["shapes"] = shapes
        return
    whole = exitstatus == 0 and _is_whole(config)
    if config.getoption("record_commands"):
        kept = set() if whole else read_list(_list(config))
        write_list(_list(config), recorder.seen.keys() | kept)
    elif whole:
        unused = sorted(recorder.listed - recorder.seen.keys())
        config.stash[UNUSED] = [", ".join(shape) for shape in unused]


def _is_whole(config: pytest.Config) -> bool:
    """Whether nothing was left out but what `make test` leaves out."""
    narrowed = ("keyword", "deselect", "ignore", "ignore_glob", "lf", "failedfirst", "collectonly")
    everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    marks = config.getoption("markexpr") in ("", "not e2e and not long")
    return everything and marks and not any(map(config.getoption, narrowed))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    unused = config.stash.get(UNUSED, [])
    if unused:
        terminalreporter.section("listed in used.json, and asked by no test")
        for line in unused:
            terminalreporter.line(line)
