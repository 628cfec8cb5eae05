"""Takes back what was written of words and people that must go: kept letters, owed effects."""

from __future__ import annotations

from collections.abc import Sequence

from server.dispatch.owing import FORGET
from server.notices.board import NoticeBoard
from server.notices.preferences import forget_preferences
from server.store.connect import Store
from server.store.effects import DONE, Effect, Effects, Outcome
from server.store.letters import Letters
from server.store.opinions import erase_opinions


class TakingBack:
    """Safe to repeat. An effect that is being performed finds out by itself."""

    def __init__(
        self, store: Store, letters: Letters, effects: Effects, board: NoticeBoard
    ) -> None:
        self._store = store
        self._letters = letters
        self._effects = effects
        self._board = board

    async def message(self, message_id: str) -> None:
        """A message was redacted."""
        await self._effects.cancel({"about.message_id": message_id}, "it was redacted")
        await self._letters.erase({"messages": message_id})
        await self._board.take_away({"message_id": message_id})

    async def ticket(self, ticket_id: str) -> None:
        """A ticket was deleted."""
        await self._effects.cancel({"about.ticket_id": ticket_id}, "the ticket is gone")
        await self._letters.erase({"ticket_id": ticket_id})
        await self._letters.erase({"tickets": ticket_id})
        await self._board.take_away({"ticket_id": ticket_id})

    async def contact(self, effects: Sequence[Effect]) -> Outcome:
        """Perform FORGET: contacts were erased."""
        for effect in effects:
            contact_id = effect.about["contact_id"]
            others = {"about.contact_id": contact_id, "kind": {"$ne": FORGET}}
            await self._effects.cancel(others, "the contact was erased")
            await self.person(contact_id)
        return DONE

    async def person(self, contact_id: str) -> None:
        """Somebody was erased: what was written to them goes, and what they wanted of it."""
        await self._letters.erase({"contact_id": contact_id})
        await self._board.take_away({"contact_id": contact_id})
        await forget_preferences(self._store, contact_id)
        await erase_opinions(self._store, {"reader": contact_id})
