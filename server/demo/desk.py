"""A simulated agent's desk, and who accepted what conversations are about."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

from domain.message import Id
from server.demo.member import Member
from server.demo.shapes import Agent


class Desk:
    """An agent who is there, and how many conversations they are in."""

    def __init__(self, agent: Member, person: Agent, *, on_shift: bool) -> None:
        self.agent, self.person, self.on_shift = agent, person, on_shift
        self.talks = 0
        self.idle = asyncio.Event()
        self.idle.set()

    @contextmanager
    def taken(self) -> Generator[None]:
        """While a conversation lasts."""
        self.talks += 1
        self.idle.clear()
        try:
            yield
        finally:
            self.talks -= 1
            if not self.talks:
                self.idle.set()


class Takers:
    """Who accepted what conversations are about."""

    def __init__(self) -> None:
        self._accepted: dict[Id, asyncio.Future[Desk]] = {}

    @contextmanager
    def talking(self, ticket_id: Id) -> Generator[asyncio.Future[Desk]]:
        """While a conversation lasts: who accepts its ticket, and says nothing else in it."""
        accepted = self._accepted[ticket_id] = asyncio.get_running_loop().create_future()
        try:
            yield accepted
        finally:
            del self._accepted[ticket_id]

    def told(self, ticket_id: Id, desk: Desk) -> bool:
        """Somebody accepted it; whether a conversation is about it."""
        accepted = self._accepted.get(ticket_id)
        if accepted is None:
            return False
        if not accepted.done():
            accepted.set_result(desk)
        return True
