"""Histories as files that the clients' reducers fold; README.md says what is in them."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

from tests.convergence.rooms import Seen, envelopes, load
from tests.domain.desk import Desk


def write_history(
    folder: Path, name: str, desk: Desk, snapshots: list[tuple[str, Seen]], chance: Random
) -> None:
    """Write one history: of each room its first snapshot and one more."""
    by_room: dict[str, list[Seen]] = {}
    for room, snapshot in snapshots:
        by_room.setdefault(room, []).append(snapshot)
    cases = [
        _case(desk, room, snapshot)
        for room, taken in by_room.items()
        for snapshot in (taken[0], *([chance.choice(taken[1:])] if taken[1:] else []))
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(cases, ensure_ascii=False), encoding="utf-8")


def _case(desk: Desk, room: str, snapshot: Seen) -> dict[str, Any]:
    joined = dict(snapshot.state)
    if "ticket" in joined:
        joined |= {"has_earlier": False, "markers": [], "people": {}}
    since = [each for each in envelopes(desk, room) if each.seq > snapshot.head]
    return {
        "room": room,
        "snapshot": joined,
        "envelopes": [each.model_dump(mode="json") for each in since],
        "expected": load(desk, room).state,
    }
