"""How one tells what the demo itself did from what a person did: by the ids of the commands."""

from __future__ import annotations

from uuid import UUID, uuid4, uuid5

from domain.message import Id

_NAMESPACE = UUID("5eed0000-0000-4000-8000-000000000002")
_MARK = "5eed5eed"
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
    own = command_id.rpartition(":")[2]
    return own.startswith(_MARK) or (":" in command_id and not _is_uuid(own))


def _marked(identity: UUID) -> Id:
    return _MARK + str(identity)[len(_MARK) :]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
