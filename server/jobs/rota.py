"""Who is on shift now, worked out anew only where a shift begins or ends, or a person changes."""

from __future__ import annotations

from typing import NamedTuple

from domain.message import Id, Millis
from domain.people.state import User
from domain.workforce.availability import Day, day_of


class _Known(NamedTuple):
    version: int
    day: Day


class Rota:
    """Remembers everybody's day until it is another: hundreds are asked for every second."""

    def __init__(self) -> None:
        self._known: dict[Id, _Known] = {}

    def of(self, user: User, now: Millis) -> Day:
        """Whether somebody is on shift or in a planned break, and until when that stays so."""
        known = self._known.get(user.id)
        if known is None or known.version != user.version or _is_over(known.day, now):
            known = _Known(user.version, day_of(user, now))
            self._known[user.id] = known
        return known.day


def _is_over(known: Day, now: Millis) -> bool:
    return known.until is not None and now >= known.until
