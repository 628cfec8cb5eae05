"""What others than we send for a note: the same fields, of the same length."""

from __future__ import annotations

import time
from typing import Any


def envelope(note: dict[str, Any], user_id: str, seq: int) -> dict[str, Any]:
    """An envelope of the wire with one posted message."""
    user = {"kind": "agent", "id": user_id}
    nobody: list[str] = []
    posted: dict[str, Any] = {
        "type": "message.posted",
        "v": 1,
        "message_id": note["command_id"],
        "visibility": note["visibility"],
        "body": note["body"],
        "author": user,
        "mentions": nobody,
        "attachments": nobody,
    }
    return {
        "room": f"ticket:{note['ticket_id']}:staff",
        "epoch": "bench",
        "seq": seq,
        "prev": seq - 1,
        "at": time.time_ns() // 1_000_000,
        "actor": user,
        "command_id": note["command_id"],
        "events": [posted],
    }
