"""What is sent for a note: by everybody the same fields, of the same length."""

from __future__ import annotations

import time
from typing import Any


def envelope(note: dict[str, Any], user_id: str, seq: int) -> dict[str, Any]:
    """An envelope of the wire with one posted message."""
    user = {"kind": "agent", "id": user_id}
    return {
        "room": f"ticket:{note['ticket_id']}:staff",
        "epoch": "bench",
        "seq": seq,
        "prev": seq - 1,
        "at": time.time_ns() // 1_000_000,
        "actor": user,
        "command_id": note["command_id"],
        "events": [posted(note["command_id"], note["visibility"], note["body"], user)],
    }


def posted(command_id: str, visibility: str, body: str, author: dict[str, Any]) -> dict[str, Any]:
    """The event of a posted message, which has its command's id."""
    return {
        "type": "message.posted",
        "v": 1,
        "message_id": command_id,
        "visibility": visibility,
        "body": body,
        "author": author,
        "mentions": [],
        "attachments": [],
    }
