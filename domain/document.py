"""A plain document: what is not a logged stream, guarded by a version."""

from __future__ import annotations

from domain.message import Id, Record


class Document(Record):
    """`version` starts at 1 and rises with each change; 0 is one that was never stored."""

    id: Id
    version: int = 0
