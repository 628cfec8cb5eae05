"""The audit log, and the answers that repeated commands get again."""

from __future__ import annotations

from datetime import datetime
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
            IndexModel([("at", DESCENDING), ("_id", DESCENDING)]),
            IndexModel([("actor.id", ASCENDING), ("at", DESCENDING)]),
        ]


REPEATED_WITHIN_SECONDS = 30 * 86_400
"""A command is repeated by who got no answer, in the log-in it was sent from or the one after; no
client keeps one for longer than a log-in lasts when nobody uses it, which is 30 days."""


class CommandResult(Document):
    """What a command to a plain document answered. `_id` is `<kind>:<id>|<command id>`.

    The answers of streams are in their logs, for ever.
    """

    id: str  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues]
    digest: str
    actor: dict[str, str]
    version: int
    result: dict[str, Any]
    at: Millis
    filed: datetime
    """By the machine's clock, as the store reckons when it drops what is too old."""

    class Settings:
        name = "command_results"
        indexes: ClassVar = [
            IndexModel([("filed", ASCENDING)], expireAfterSeconds=REPEATED_WITHIN_SECONDS)
        ]
