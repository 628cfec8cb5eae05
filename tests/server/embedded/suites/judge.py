"""A pytest plugin for published tests: what the store refused during each, and how it ended.

A test that fails is *refused* if the store refused something that it sent, for a listed reason,
or if it asks a collection whose set-up was refused so. Any other failure is *wrong*.

Loaded by its name from this folder, among tests that know nothing of ours.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Mapping, MutableMapping
from pathlib import Path
from typing import Any

import pymongo.asynchronous.pool
import pymongo.synchronous.pool
import pytest
from pymongo import monitoring
from pymongo.errors import OperationFailure
from reasons import reason_of

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
        self.refusals: list[Refusal] = []
        self.set_up = True
        self.called = False  # Fixtures sweep collections that their test does not use.
        self._lost: dict[str, Refusal] = {}
        self._names: dict[int, str] = {}

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        name = str(event.command.get(event.command_name))
        self._names[event.request_id] = name
        if self.called and name in self._lost:
            self.refusals.append(self._lost[name])

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        name = self._names.pop(event.request_id, "")
        for error in event.reply.get("writeErrors", ()):
            self.note(name, error)

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        self.note(self._names.pop(event.request_id, ""), event.failure)

    def note(self, name: str, error: Mapping[str, Any]) -> None:
        code = error.get("code", 0)
        reason = reason_of(code, str(error.get("errmsg")))
        if reason is not None and self.set_up:
            self._lost[name] = code, reason
        elif reason is not None:
            self.refusals.append((code, reason))


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
    LOG.refusals, LOG.set_up = [], False
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


_SAID = pytest.StashKey[list[tuple[str, str]]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Generator[None, Any, Any]:
    report: pytest.TestReport = yield
    if report.failed or report.skipped or report.when == "call":
        said = "" if call.excinfo is None else call.excinfo.exconly()
        item.stash[_SAID].append((report.outcome, said))
    return report


def _write(item: pytest.Item) -> None:
    outcomes = [outcome for outcome, _ in item.stash[_SAID]]
    said = next((text for outcome, text in item.stash[_SAID] if outcome == "failed"), "")
    result = "skipped" if "skipped" in outcomes else "passed"
    code, reason = "", ""
    if "got an unexpected keyword argument" in said and not LOG.refusals:
        result, reason = "skipped", "an option that the driver does not know"
    elif "failed" in outcomes:
        # The one that the failure itself tells of, if it tells of any.
        told = [refusal for refusal in LOG.refusals if f"'code': {refusal[0]}" in said]
        result = "refused" if LOG.refusals else "wrong"
        code, reason = (told or LOG.refusals or [("", "")])[0]
    line = {"test": item.nodeid, "result": result, "code": code, "reason": reason, "said": said}
    with RESULTS.open("a") as file:
        file.write(json.dumps(line) + "\n")
