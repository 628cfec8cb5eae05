"""The packets that are hot, of Engine.IO 4 and Socket.IO 5: events of the namespace `/`."""

from __future__ import annotations

from typing import Any

import orjson

from realtime.transport.frames import frame

ID_DIGITS = 16

PING_FRAME = frame(b"2")
PROBED_FRAME = frame(b"3probe")

Event = tuple["int | None", list[Any]]
"""The id to answer under, and the event's name with its arguments."""


def read_event(packet: str) -> Event | None:
    """Read an event of the namespace `/` from an Engine.IO message; None where it is something
    else. Raises ValueError where it is broken."""
    if packet.startswith("42["):
        return None, orjson.loads(packet[2:])
    start = packet.find("[", 3, 3 + ID_DIGITS)
    if start < 0 or not packet.startswith("42"):
        return None
    digits = packet[2:start]
    if not (digits.isascii() and digits.isdigit()):
        return None
    return int(digits), orjson.loads(packet[start:])


def event_packet(event: str, payload: bytes) -> bytes:
    """An event with one argument, which is JSON already."""
    return b'42["%b",%b]' % (event.encode(), payload)


def ack_packet(ack_id: int, payload: bytes) -> bytes:
    return b"43%d[%b]" % (ack_id, payload)
