"""The audit log, and the answers that repeated commands get again."""

from __future__ import annotations

from typing import Any, ClassVar

from beanie import Document
from pymongo import ASCENDING, DESCENDING, IndexModel

from domain.message import Millis


class AuditEntry(Document):
    """One change of a plain document. `_id` is `<kind>:<id>|<command id>`.

    `changes` is [from, to] by field, null for what says something about a person: that is in
    their document only, where it can be erased.
    """

    id: str  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues]
    document: str
    type: str
    actor: dict[str, str]
    at: Millis
    version: int
    changes: dict[str, Any]

    class Settings:
        name = "audit"
        indexes: ClassVar = [
            IndexModel([("document", ASCENDING), ("at", DESCENDING)]),
            IndexModel([("at", DESCENDING)]),
        ]


class CommandResult(Document):
    """What a command to a plain document answered. `_id` is `<kind>:<id>|<command id>`."""

    id: str  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues]
    digest: str
    actor: dict[str, str]
    version: int
    result: dict[str, Any]
    at: Millis

    class Settings:
        name = "command_results"
