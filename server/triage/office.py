"""Triage's part in a worker: what owes guesses and keeps examples, what guesses."""

from __future__ import annotations

import asyncio
from typing import Protocol

from ai.llm.asking import Llm
from domain.ports import Clock, Dispatch
from server.assistant.passages import Passages
from server.dispatch.drafting import TRIAGE
from server.jobs.effects import Performer
from server.store.connect import Store
from server.store.effects import Effects
from server.store.examples import Examples
from server.store.streams import Streams
from server.triage.library import TriageLibrary
from server.triage.reactor import TriageReactor
from server.triage.triaging import Triaging


class OfficeParts(Protocol):
    @property
    def store(self) -> Store: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def dispatch(self) -> Dispatch: ...
    @property
    def llm(self) -> Llm | None: ...


class TriageOffice:
    """`reactor` takes what commits owe; `run` does the rest."""

    def __init__(self, parts: OfficeParts, passages: Passages, streams: Streams) -> None:
        self._sooner = asyncio.Event()
        self._llm = parts.llm
        store, clock, embeddings = parts.store, parts.clock, passages.retriever.embeddings
        effects = Effects(store, clock)
        examples = Examples(store, clock)
        self.reactor = TriageReactor(clock, streams.headers, effects, examples, self._sooner)
        self._library = TriageLibrary(store, clock, streams.headers, streams.messages, embeddings)
        triaging = Triaging(
            store, clock, streams, parts.dispatch, self._library, embeddings, self._model
        )
        self._performer = Performer(effects, {TRIAGE: triaging.triage})

    async def run(self) -> None:
        """Guess until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._library.run())
            group.create_task(self._performer.run("triage", 1, self._sooner))

    def _model(self) -> Llm | None:
        return self._llm if self._llm and self._llm.up else None
