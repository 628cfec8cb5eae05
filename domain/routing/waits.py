"""How long somebody in a queue still waits, by how fast it moved."""

from __future__ import annotations

from collections.abc import Sequence

from domain.message import Millis

WINDOW: Millis = 3_600_000
LEAST = 3
"""So many must have been taken within the window, or nobody knows."""
KEPT = 200


def about(position: int) -> int:
    """A position as it is told: far behind only roughly, so that not everybody in a long queue is
    told something with each that is taken."""
    step = 1 if position <= 20 else 10 if position <= 200 else 100
    return -(-position // step) * step


def estimated_wait(position: int, taken: Sequence[Millis], now: Millis) -> Millis | None:
    """The time until the ticket at a position, 1 being the next, is taken.

    `taken` are the moments at which others were, the newest last. None where too few were.
    """
    recent = [at for at in taken if now - WINDOW <= at <= now]
    if len(recent) < LEAST:
        return None
    return position * max(1, (now - recent[0]) // len(recent))
