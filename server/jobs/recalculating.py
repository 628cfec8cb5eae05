"""After policies, calendars or a contact's tags changed, the clocks of active tickets follow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from domain.message import Id, Millis
from domain.ports import Clock, Dispatch
from domain.process import MACHINE
from domain.sla.commands import RecalculateSla
from domain.sla.tick import decide_recalculate
from domain.ticket.facts import Facts
from domain.ticket.state import Ticket
from server.dispatch.promises import Promises
from server.store.connect import Raw, Store
from server.store.contacts import survivor_of, survivors_of
from server.store.counters import ACTIVE
from server.store.effects import DONE, Effect, Effects, Outcome
from server.store.headers import Headers
from server.store.models import TicketHeader

PAGE = 200
AT_ONCE = 8
AGAIN_AFTER: Millis = 10_000
"""By then every node knows of the change: whoever decided by what was before is put right."""
AGAIN = ":again"


class Recalculation:
    """Asks the tickets for which something else comes out, one command each."""

    def __init__(
        self,
        store: Store,
        headers: Headers,
        effects: Effects,
        promises: Promises,
        dispatch: Dispatch,
        clock: Clock,
    ) -> None:
        self._store = store
        self._headers = headers
        self._effects = effects
        self._promises = promises
        self._dispatch = dispatch
        self._clock = clock

    async def recalculate(self, effects: Sequence[Effect]) -> Outcome:
        """Safe to repeat; a `Perform`. What nodes keep in memory, it owes once more for later."""
        await self._promises.refresh()
        for effect in effects:
            contact_id = effect.about.get("contact_id")
            if contact_id is None and not effect.id.endswith(AGAIN):
                await self._owe_again(effect)
            async for ticket_ids in self._active(await self._whose(contact_id)):
                await self._ask(await self._changing(ticket_ids), effect)
        return DONE

    async def _owe_again(self, effect: Effect) -> None:
        later = Effect(
            id=effect.id + AGAIN,
            kind=effect.kind,
            about=effect.about,
            at=effect.at,
            due_at=self._clock.now() + AGAIN_AFTER,
        )
        await self._effects.owe([later])

    async def _whose(self, contact_id: Id | None) -> Raw:
        """Which tickets a change is about: all, or those of a contact by all of their names."""
        if contact_id is None:
            return {}
        survivor = await survivor_of(self._store, contact_id)
        names = (survivor.id, *survivor.aliases) if survivor else ()
        return {"state.requester_id": {"$in": list(names)}}

    async def _active(self, whose: Raw) -> AsyncIterator[list[Id]]:
        where = {"state.status": {"$in": ACTIVE}, "listed": True, **whose}
        page: list[Id] = []
        async for raw in self._store[TicketHeader].find(where, {"_id": 1}):
            page.append(raw["_id"])
            if len(page) == PAGE:
                yield page
                page = []
        yield page

    async def _changing(self, ticket_ids: Sequence[Id]) -> list[Id]:
        """Those for which something else comes out, so that the others' logs stay as they are."""
        book = await self._promises.book()
        standings = await self._headers.load_some({f"ticket:{each}": 0 for each in ticket_ids})
        tickets = [each.state for each in standings.values() if isinstance(each.state, Ticket)]
        requesters = {each.requester_id for each in tickets if each.requester_id}
        tags = {
            contact_id: contact.tags
            for contact_id, contact in (
                await survivors_of(self._store, sorted(requesters)) if book.asks_for_tags else {}
            ).items()
        }
        return [
            each.id
            for each in tickets
            if decide_recalculate(
                each,
                self._clock.now(),
                Facts(book=book, contact_tags=tags.get(each.requester_id or "", ())),
            )
        ]

    async def _ask(self, ticket_ids: Sequence[Id], effect: Effect) -> None:
        turns = asyncio.Semaphore(AT_ONCE)

        async def ask(ticket_id: Id) -> None:
            async with turns:
                command = RecalculateSla(
                    command_id=f"sla_recalculate:ticket:{ticket_id}:{effect.id}",
                    ticket_id=ticket_id,
                )
                await self._dispatch.dispatch(command, MACHINE)

        await asyncio.gather(*map(ask, ticket_ids))
