"""`configureFailPoint: failCommand`: faults on demand, so that tests can force them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from .documents import Document, Value, as_integer
from .errors import MongoError, unknown_field

_DATA = {
    "failCommands",
    "closeConnection",
    "closeConnectionAfter",
    "errorCode",
    "errorLabels",
    "writeConcernError",
    "appName",
    "namespace",
    "blockConnection",
    "blockTimeMS",
}
_RETRYABLE = {91, 189, 10107, 11600, 11602, 13435, 262, 6, 7, 89, 9001}


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one command: before it runs, or after its commit."""

    close_before: bool = False
    close_after: bool = False
    error: MongoError | None = None
    write_concern_error: Document | None = None
    labels: tuple[str, ...] = ()
    delay: float = 0.0


class FailPoints:
    """The one fail point there is, and how often it still strikes."""

    def __init__(self) -> None:
        self._data: Document = {}
        self._skip = 0
        self._times: int | None = 0

    def configure(self, name: Value, mode: Value, data: Value) -> Document:
        if name != "failCommand":
            raise MongoError(2, f"unknown fail point '{name}'")
        data = {} if data is None else data
        for field in data:
            if field not in _DATA:
                raise unknown_field("configureFailPoint.data", field)
        skip, times = _mode(mode)
        self._data, self._skip, self._times = data, skip, times
        return {"ok": 1.0}

    def strike(self, command: str, namespace: str, app_name: str) -> Fault | None:
        """The fault for a command that is about to run, if it is its turn."""
        data = self._data
        if self._times == 0 or command == "configureFailPoint":
            return None
        if command not in data.get("failCommands", ()):
            return None
        if data.get("appName", app_name) != app_name:
            return None
        if data.get("namespace", namespace) != namespace:
            return None
        if self._skip:
            self._skip -= 1
            return None
        if self._times is not None:
            self._times -= 1
        return _fault(data)


def _mode(mode: Value) -> tuple[int, int | None]:
    """How many commands to spare, and how many to hit (None: all)."""
    if mode == "off":
        return 0, 0
    if mode == "alwaysOn":
        return 0, None
    if isinstance(mode, dict) and set(cast("Document", mode)) <= {"times", "skip"}:
        given = cast("Document", mode)
        times = as_integer(given["times"], "times") if "times" in given else None
        return as_integer(given.get("skip", 0), "skip"), times
    raise MongoError(2, "mode is 'off', 'alwaysOn' or {times?, skip?}")


def _fault(data: Document) -> Fault:
    code = data.get("errorCode")
    labels = data.get("errorLabels")
    error = None
    if code is not None:
        if labels is None:
            labels = ["RetryableWriteError"] if code in _RETRYABLE else []
        error = MongoError(
            as_integer(code, "errorCode"),
            "Failing command via 'failCommand' failpoint",
            tuple(labels),
        )
    return Fault(
        close_before=bool(data.get("closeConnection")),
        close_after=bool(data.get("closeConnectionAfter")),
        error=error,
        write_concern_error=data.get("writeConcernError"),
        labels=tuple(labels or ()),
        delay=data.get("blockTimeMS", 0) / 1000 if data.get("blockConnection") else 0.0,
    )
