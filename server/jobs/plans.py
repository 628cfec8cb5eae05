"""What is planned of everybody, as one number each: where it is another, a week is read anew."""

from __future__ import annotations

from collections.abc import Mapping
from zlib import crc32

from domain.message import Id, Millis
from domain.people.state import User
from server.store.connect import Store
from server.store.leave import leave_marks

EVERY: Millis = 3_000
"""Between two looks at everybody's leave; users are looked at each time anyway."""


class Plans:
    """Remembers the leave of the last look."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._leave: Mapping[Id, str] = {}
        self._again_at: Millis = 0

    async def of(self, users: Mapping[Id, User], now: Millis) -> dict[Id, int]:
        """By user; it says nothing of what is planned, and is the same on every node."""
        if now >= self._again_at:
            self._leave, self._again_at = await leave_marks(self._store, users, now), now + EVERY
        return {
            user.id: crc32(f"{user.version} {self._leave.get(user.id, '')}".encode())
            for user in users.values()
        }
