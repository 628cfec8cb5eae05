"""Who is on shift now, worked out anew only where a shift begins or ends, or a person changes."""

from __future__ import annotations

from typing import NamedTuple

from domain.message import Id, Millis
from domain.people.shifts import Duty, duty
from domain.people.state import User


class _Known(NamedTuple):
    version: int
    duty: Duty


class Rota:
    """Remembers everybody's duty until it ends: hundreds are asked for every second."""

    def __init__(self) -> None:
        self._known: dict[Id, _Known] = {}

    def of(self, user: User, now: Millis) -> Duty:
        """Whether somebody is on shift at a moment, and until when that stays so."""
        known = self._known.get(user.id)
        if known is None or known.version != user.version or _is_over(known.duty, now):
            known = _Known(user.version, duty(user.shifts, user.zone, now))
            self._known[user.id] = known
        return known.duty


def _is_over(known: Duty, now: Millis) -> bool:
    return known.until is not None and now >= known.until
