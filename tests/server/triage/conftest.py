"""A furnished house with categories, and one worker's triage, which works when it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

import pytest

from ai.llm.asking import Llm
from ai.retrieval.loading import Embeddings
from domain.access import Actor
from domain.inbox.state import DEFAULT_INBOX_ID, Category
from domain.message import Id
from domain.people.state import Skill
from domain.ticket.state import Ticket
from domain.triage.state import Guess, Guessed, Triage, TriageMode
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.drafting import TRIAGE
from server.jobs.effects import Performer
from server.jobs.react import Reactions
from server.store.connect import Store
from server.store.effects import Effects
from server.store.examples import Examples
from server.store.leases import Leases
from server.store.streams import Streams
from server.triage.library import TriageLibrary
from server.triage.reactor import TriageReactor
from server.triage.triaging import Triaging
from tests.server.dispatch.conftest import SECRET, clock, heard
from tests.server.house import FixedClock, Heard, House, furnish, keep, new_id, open_ticket

__all__ = ["clock", "heard"]

BIKES = Category(id=new_id(), name="Bikes", keywords=("brake", "tyre", "puncture", "battery"))
BILLS = Category(id=new_id(), name="Bills", keywords=("invoice", "payment", "charged", "refund"))
SPANISH = Skill(id=new_id(), name="Spanish")


@pytest.fixture
async def house(store: Store) -> House:
    house = await furnish(store)
    for each in (BIKES, BILLS, SPANISH):
        await keep(store, each)
    return house


@dataclass
class Worker:
    """What it guesses by is read when it is told to."""

    store: Store
    clock: FixedClock
    dispatcher: Dispatcher
    streams: Streams
    reactions: Reactions
    performer: Performer
    library: TriageLibrary
    models: list[Llm]

    async def mode(self, mode: TriageMode) -> None:
        inboxes = self.store.database["inboxes"]
        triage = {"state.triage": mode.value}
        await inboxes.update_one({"_id": DEFAULT_INBOX_ID}, {"$set": triage})

    async def open(self, who: Actor, title: str, body: str, **more: object) -> Id:
        opened = await self.dispatcher.dispatch(open_ticket(title=title, body=body, **more), who)
        return opened.result["ticket_id"]

    async def work(self, *ticket_ids: Id) -> None:
        """React to what the tickets' commits owe, know what is known by now, and guess."""
        await self.reactions.react([f"ticket:{each}" for each in ticket_ids])
        await self.library.refresh()
        await self.performer.perform_due()

    async def ticket(self, ticket_id: Id) -> Ticket:
        standing = await self.streams.headers.load(f"ticket:{ticket_id}")
        assert isinstance(standing.state, Ticket)
        return standing.state

    async def triage(self, ticket_id: Id) -> Triage | None:
        private = (await self.ticket(ticket_id)).private
        return private and private.triage

    async def guess(self, ticket_id: Id, field: Guessed) -> Guess | None:
        triage = await self.triage(ticket_id)
        return triage and triage.guess(field)

    async def states(self) -> Sequence[tuple[str, str | None]]:
        found = self.store.database["effects"].find({"kind": TRIAGE}).sort("_id", 1)
        return [(each["state"], each["reason"]) async for each in found]


@pytest.fixture
async def worker(
    store: Store, clock: FixedClock, heard: Heard, house: House
) -> AsyncGenerator[Worker]:
    streams, dispatcher = Streams(store), Dispatcher(store, clock, heard, SECRET)
    embeddings, effects = Embeddings(None), Effects(store, clock)
    library = TriageLibrary(store, clock, streams.headers, streams.messages, embeddings)
    models: list[Llm] = []
    triaging = Triaging(
        store,
        clock,
        streams,
        dispatcher,
        library,
        embeddings,
        lambda: models[0] if models else None,
    )
    examples = Examples(store, clock)
    reactor = TriageReactor(clock, streams.headers, effects, examples, asyncio.Event())
    yield Worker(
        store,
        clock,
        dispatcher,
        streams,
        Reactions(streams.journal, Leases(store, clock), {TRIAGE: reactor}),
        Performer(effects, {TRIAGE: triaging.triage}),
        library,
        models,
    )
    await dispatcher.close()
