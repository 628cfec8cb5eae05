"""How one tells what the demo itself did from what a person did: by the ids of the commands."""

from __future__ import annotations

import re
from uuid import UUID, uuid4, uuid5

from domain.message import Id

_NAMESPACE = UUID("5eed0000-0000-4000-8000-000000000002")
_MARK = "5eed5eed"
_OF_STREAM = re.compile(r"(^|:)(ticket|agent|contact|user):")
"""The machine names what it does after a stream, a person's steps after the person's own id."""
TRAFFIC_TAG = "simulated"
"""On every ticket of the live traffic."""


def demo_id(*names: str) -> Id:
    """The command id that these names always have."""
    return _marked(uuid5(_NAMESPACE, "/".join(names)))


def fresh_id() -> Id:
    """A new command id of the demo's."""
    return _marked(uuid4())


def is_demos(command_id: str) -> bool:
    """Whether a commit was made by the demo, or by the machine: not by a person."""
    steps, _, own = command_id.rpartition(":")
    if own.startswith(_MARK) or _OF_STREAM.search(command_id):
        return True
    return bool(steps) and not _is_uuid(own)


def _marked(identity: UUID) -> Id:
    return _MARK + str(identity)[len(_MARK) :]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
