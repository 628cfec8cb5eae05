"""A pytest plugin for published tests: what the store refused during each, and how it ended.

A test that fails is *refused* if its failure is a refusal for a listed reason, or was met on the
way from one, or if it asks a collection whose set-up was refused so. Any other failure is *wrong*,
but for the few in `reasons.py` that somebody has read.

Loaded by its name from this folder, among tests that know nothing of ours.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator, MutableMapping
from pathlib import Path
from typing import Any

import pymongo.asynchronous.pool
import pymongo.synchronous.pool
import pytest
from pymongo import monitoring
from pymongo.errors import OperationFailure
from reasons import read_by_hand, reason_of, refusals_in, skipped_for

RESULTS = Path(os.environ["SUITE_RESULTS"])
# What a harness asks of a server before it begins, and this store has no use for.
HARNESS = {
    "getCmdLineOpts": {"argv": ["mongod"], "parsed": {}},
    "serverStatus": {"storageEngine": {"name": "wiredTiger"}},
    "getParameter": {"enableTestCommands": True, "authenticationMechanisms": []},
    "killAllSessions": {},
}
Refusal = tuple[int, str]


class Log(monitoring.CommandListener):
    """What the store refused since the running test began, and what of a set-up before."""

    def __init__(self) -> None:
        self.lost: list[Refusal] = []
        self.set_up = True
        self.called = False  # Fixtures sweep collections that their test does not use.
        self._lost: dict[str, Refusal] = {}
        self._names: dict[int, str] = {}

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        name = str(event.command.get(event.command_name))
        self._names[event.request_id] = name
        if self.called and name in self._lost:
            self.lost.append(self._lost[name])

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        self._names.pop(event.request_id, "")

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        name, code = self._names.pop(event.request_id, ""), event.failure.get("code", 0)
        reason = reason_of(code, str(event.failure.get("errmsg")))
        if reason is not None and self.set_up:
            self._lost[name] = code, reason


LOG = Log()
monitoring.register(LOG)


def _answered(spec: MutableMapping[str, Any]) -> dict[str, Any] | None:
    reply = HARNESS.get(next(iter(spec), ""))
    return None if reply is None else {**reply, "ok": 1.0}


def _passed_over(error: OperationFailure) -> dict[str, Any]:
    """A refusal of the set-up of a whole run concerns those who use what is missing."""
    if LOG.set_up and reason_of(error.code or 0, str(error)) is not None:
        return {"ok": 1.0}
    raise error


def _command(real: Any) -> Any:
    def command(self: Any, dbname: str, spec: Any, *rest: Any, **options: Any) -> Any:
        try:
            return _answered(spec) or real(self, dbname, spec, *rest, **options)
        except OperationFailure as error:
            return _passed_over(error)

    return command


def _async_command(real: Any) -> Any:
    async def command(self: Any, dbname: str, spec: Any, *rest: Any, **options: Any) -> Any:
        try:
            return _answered(spec) or await real(self, dbname, spec, *rest, **options)
        except OperationFailure as error:
            return _passed_over(error)

    return command


for _pool, _wrapped in (
    (pymongo.synchronous.pool, _command),
    (pymongo.asynchronous.pool, _async_command),
):
    _connection: Any = _pool.AsyncConnection if _wrapped is _async_command else _pool.Connection
    _connection.command = _wrapped(_connection.command)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any) -> Generator[None, Any, Any]:
    before, LOG.set_up = LOG.set_up, LOG.set_up or fixturedef.scope == "session"
    try:
        return (yield)
    finally:
        LOG.set_up = before


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    LOG.lost, LOG.set_up = [], False
    item.stash[_SAID] = []
    result = yield
    LOG.set_up = True
    _write(item)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    LOG.called = True
    try:
        return (yield)
    finally:
        LOG.called = False


_SAID = pytest.StashKey[list[tuple[str, str, list[Refusal]]]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Generator[None, Any, Any]:
    report: pytest.TestReport = yield
    if report.failed or report.skipped or report.when == "call":
        said = "" if call.excinfo is None else call.excinfo.exconly()
        found = list(refusals_in(call.excinfo and call.excinfo.value))
        item.stash[_SAID].append((report.outcome, said, found))
    return report


def _write(item: pytest.Item) -> None:
    result, said, code, reason = "passed", "", "", ""
    for outcome, text, found in item.stash[_SAID]:
        if outcome == "skipped" and result == "passed":
            result, said = "skipped", text
            reason = skipped_for(text)
        elif outcome == "failed" and "got an unexpected keyword argument" in text:
            result, said, reason = "skipped", text, "an option that this driver does not know"
        elif outcome == "failed" and result != "wrong":
            read = read_by_hand(item.name, text)
            result, said = "refused" if found or LOG.lost or read else "wrong", text
            code, reason = (found or LOG.lost or [read or ("", "")])[0]
    line = {"test": item.nodeid, "result": result, "code": code, "reason": reason, "said": said}
    with RESULTS.open("a") as file:
        file.write(json.dumps(line) + "\n")
