"""The assistant's part in a worker: what follows its articles, what owes and gives its answers."""

from __future__ import annotations

import asyncio
from typing import Protocol

from ai.answering.wording import Wording
from ai.answering.writing import Quoting, Writer
from ai.llm.asking import Llm
from domain.message import Millis
from domain.ports import Clock, Dispatch
from realtime.cluster import AnyRedis
from realtime.node import Realtime
from server.assistant.answering import Answering
from server.assistant.finding import AT_ONCE as FOUND_AT_ONCE
from server.assistant.finding import Finding
from server.assistant.passages import Passages
from server.assistant.reactor import AssistantReactor
from server.assistant.searching import Shelf
from server.assistant.standing import ModelStanding, Standing, Standings
from server.dispatch.drafting import ASSISTANT
from server.jobs.effects import AT_ONCE, EVERY_SECONDS, Performer
from server.repeating import for_ever
from server.store.connect import Store
from server.store.effects import Effects
from server.store.streams import Streams

LEASE_MS: Millis = 10_000
"""Short, and renewed while it answers: where a worker dies, another begins anew while the client
still waits."""
STANDING_SECONDS = 5.0


class OfficeParts(Protocol):
    @property
    def store(self) -> Store: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def dispatch(self) -> Dispatch: ...
    @property
    def realtime(self) -> Realtime: ...
    @property
    def redis(self) -> AnyRedis: ...
    @property
    def llm(self) -> Llm | None: ...


class AssistantOffice:
    """`reactor` takes what commits owe; `run` does the rest."""

    def __init__(self, parts: OfficeParts, passages: Passages, streams: Streams) -> None:
        self._sooner = asyncio.Event()
        self._llm = parts.llm
        self._passages = passages
        self._shelf = Shelf(passages)
        effects = Effects(parts.store, parts.clock)
        self.reactor = AssistantReactor(effects, self._sooner)
        answering = Answering(
            parts.store,
            streams,
            parts.dispatch,
            parts.realtime.streams,
            self._shelf,
            self._writers,
        )
        self._finding = Finding(parts.redis, parts.store, streams, self._shelf)
        self._performer = Performer(effects, {ASSISTANT: answering.answer}, LEASE_MS)
        self._standings = Standings(parts.store, parts.clock)

    async def run(self) -> None:
        """Answer until cancelled, once the articles are known."""
        await self._first_look()
        async with asyncio.TaskGroup() as group:
            group.create_task(for_ever("standing", self._tell, STANDING_SECONDS))
            for _ in range(FOUND_AT_ONCE):
                group.create_task(for_ever("finding", self._finding.answer_one, 0.0))
            group.create_task(self._performer.run("assistant", AT_ONCE, self._sooner))

    async def _first_look(self) -> None:
        """A worker that knows no article yet would hand everything over."""
        known = asyncio.Event()

        async def look() -> None:
            await self._shelf.refresh()
            known.set()

        looking = asyncio.create_task(for_ever("the articles", look, EVERY_SECONDS))
        try:
            await known.wait()
        finally:
            looking.cancel()

    def _writers(self) -> list[Writer]:
        """Who can word an answer now, the best first."""
        return [*([Wording(self._llm)] if self._llm and self._llm.up else ()), Quoting()]

    async def _tell(self) -> None:
        embeddings = self._passages.retriever.embeddings
        await self._standings.tell(
            Standing(
                level=self._writers()[0].level,
                articles=self._shelf.articles,
                embedder=ModelStanding(state=embeddings.state, name=embeddings.name or None),
                llm=_standing_of(self._llm),
            )
        )


def _standing_of(llm: Llm | None) -> ModelStanding:
    if llm is None:
        return ModelStanding()
    if llm.up:
        return ModelStanding(state="ready", name=llm.name)
    # Whoever never told its name never was there: it is loaded, or somebody has to start it.
    return ModelStanding(state="down" if llm.name else "loading", name=llm.name)
