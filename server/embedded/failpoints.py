"""`configureFailPoint: failCommand`: faults on demand, so that tests can force them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from .documents import Document, Value, as_integer
from .errors import MongoError

_RETRYABLE = {6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435}


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one command: before it runs, or after its commit."""

    close_before: bool = False
    close_after: bool = False
    error: MongoError | None = None
    # Added to the answer of a write that was applied.
    reported: Document | None = None


class FailPoints:
    """The one fail point there is, and how often it still strikes (None: always)."""

    def __init__(self) -> None:
        self._data: Document = {}
        self._times: int | None = 0

    def configure(self, name: Value, mode: Value, data: Value) -> None:
        if name != "failCommand":
            raise MongoError(2, f"unknown fail point '{name}'")
        self._times, self._data = _times(mode), data or {}

    def strike(self, command: str, namespace: str) -> Fault:
        """The fault for a command that is about to run, if it is its turn."""
        data = self._data
        named = command in data.get("failCommands", ()) and command != "configureFailPoint"
        if self._times == 0 or not named or data.get("namespace", namespace) != namespace:
            return Fault()
        if self._times is not None:
            self._times -= 1
        return _fault(data)


def _times(mode: Value) -> int | None:
    if mode == "off":
        return 0
    if mode == "alwaysOn":
        return None
    if isinstance(mode, dict) and list(cast("Document", mode)) == ["times"]:
        return as_integer(mode["times"], "times")
    raise MongoError(2, "mode is 'off', 'alwaysOn' or {times: …}")


def _fault(data: Document) -> Fault:
    code, labels, concern = map(data.get, ("errorCode", "errorLabels", "writeConcernError"))
    error = reported = None
    if code is not None:
        if labels is None and code in _RETRYABLE:
            labels = ["RetryableWriteError"]
        error = MongoError(
            as_integer(code, "errorCode"), "Failing command via 'failCommand' failpoint"
        )
        error.extra["errorLabels"] = labels or []
    elif concern is not None:
        reported = {"writeConcernError": concern, **({"errorLabels": labels} if labels else {})}
    before, after = data.get("closeConnection"), data.get("closeConnectionAfter")
    return Fault(bool(before), bool(after), error, reported)
