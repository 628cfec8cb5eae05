"""The furnished house with the assistant on, and an assistant that knows a few articles."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis.asyncio import Redis

from ai.answering.writing import Quoting, Writer
from ai.retrieval.kept import KeptVectors
from ai.retrieval.loading import Embeddings
from ai.retrieval.retriever import Retriever
from domain.access import Actor
from domain.inbox.state import DEFAULT_INBOX_ID
from domain.knowledge.state import Article, Reach, Stage
from domain.message import Id
from domain.ticket.state import Message, Ticket
from realtime.feed import RedisFeeds
from realtime.node import Realtime
from realtime.options import Options
from server.assistant.answering import Answering
from server.assistant.passages import Passages
from server.assistant.reactor import AssistantReactor
from server.assistant.searching import Shelf
from server.auth.sessions import StoreSessions
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.drafting import ASSISTANT
from server.jobs.effects import Performer
from server.jobs.react import Reactions
from server.store.connect import Store
from server.store.effects import Effects
from server.store.feed_source import StoreFeedSource
from server.store.leases import Leases
from server.store.log import StoreLog
from server.store.markers import StoreMarkers
from server.store.streams import Streams
from tests.server.dispatch.conftest import SECRET, clock, heard
from tests.server.house import FixedClock, Heard, House, furnish, keep, new_id, open_ticket, reply
from tests.server.http.conftest import desk

__all__ = ["clock", "desk", "heard"]


def article(title: str, body: str, **more: object) -> Article:
    fields = {"summary": "", "stage": Stage.PUBLISHED, "author_id": new_id(), **more}
    return Article.model_validate(
        {"id": new_id(), "title": title, "body": body, "created_at": 1, "updated_at": 1, **fields}
    )


REFUNDS = article(
    "How long does a refund take?",
    "A refund takes **five working days** after the parcel is back: https://desk.test/back.",
)
BATTERY = article("How far does the battery reach?", "The battery reaches 80 km in summer.")
SPANISH = article(
    "¿Cuánto tarda un reembolso?", "Un reembolso tarda cinco días hábiles.", language="es"
)
RUNBOOK = article(
    "Gift cards by hand", "Gift cards are made by hand by billing.", reach=Reach.STAFF
)
DRAFT = article("Our opening hours", "Opening hours are from nine to five.", stage=Stage.DRAFT)
ARTICLES = (REFUNDS, BATTERY, SPANISH, RUNBOOK, DRAFT)


@pytest.fixture
async def house(store: Store) -> House:
    house = await furnish(store)
    for each in ARTICLES:
        await keep(store, each)
    inboxes = store.database["inboxes"]
    await inboxes.update_one({"_id": DEFAULT_INBOX_ID}, {"$set": {"state.assistant": True}})
    return house


@dataclass
class Worker:
    """One worker's assistant, which works when it is told to."""

    store: Store
    dispatcher: Dispatcher
    streams: Streams
    reactions: Reactions
    performer: Performer
    effects: Effects
    answering: Answering
    shelf: Shelf

    async def ask(self, who: Actor, body: str, title: str = "A question") -> Ticket:
        """A ticket that somebody opens."""
        opened = await self.dispatcher.dispatch(open_ticket(title=title, body=body), who)
        return await self.ticket(opened.result["ticket_id"])

    async def say(self, ticket: Ticket, who: Actor, body: str) -> None:
        await self.dispatcher.dispatch(reply(ticket.id, body), who)

    async def work(self, *tickets: Ticket) -> None:
        """React to what the tickets' commits owe, and perform what that owes."""
        await self.reactions.react([f"ticket:{each.id}" for each in tickets])
        await self.performer.perform_due()

    async def ticket(self, ticket_id: Id) -> Ticket:
        standing = await self.streams.headers.load(f"ticket:{ticket_id}")
        assert isinstance(standing.state, Ticket)
        return standing.state

    async def messages(self, ticket: Ticket) -> Sequence[Message]:
        await self.streams.projection.catch_up(f"ticket:{ticket.id}")
        found = await self.streams.messages.of_ticket(ticket.id)
        return sorted(found, key=lambda each: each.seq)

    def writing(self, *writers: Writer) -> None:
        """Let somebody else word the answers, and the next one where they fail."""
        self.answering.writers = lambda: writers


@pytest.fixture
async def realtime(
    house: House, store: Store, clock: FixedClock, redis: Redis
) -> AsyncGenerator[Realtime]:
    async with Realtime(
        redis=redis,
        log=StoreLog(store),
        sessions=StoreSessions(store, SECRET, clock),
        feeds=RedisFeeds(redis),
        feed_source=StoreFeedSource(store),
        markers=StoreMarkers(store),
        options=Options(),
    ) as realtime:
        yield realtime


@pytest.fixture
async def worker(
    store: Store, clock: FixedClock, heard: Heard, realtime: Realtime, tmp_path: Path
) -> AsyncGenerator[Worker]:
    embeddings = Embeddings(None)
    retriever = Retriever(embeddings, KeptVectors(tmp_path / "vectors.db"))
    shelf, streams = Shelf(Passages(store, clock, retriever)), Streams(store)
    await shelf.refresh()
    dispatcher = Dispatcher(store, clock, heard, SECRET)
    effects = Effects(store, clock)
    answering = Answering(store, streams, dispatcher, realtime.streams, shelf, lambda: [Quoting()])
    reactor = AssistantReactor(effects, asyncio.Event())
    yield Worker(
        store,
        dispatcher,
        streams,
        Reactions(streams.journal, Leases(store, clock), {ASSISTANT: reactor}),
        Performer(effects, {ASSISTANT: answering.answer}, 10_000),
        effects,
        answering,
        shelf,
    )
    await dispatcher.close()
    await retriever.close()
