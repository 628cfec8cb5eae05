"""The examples of a worker: categories, skills and articles as they are, tickets as they were."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from ai.retrieval.chunks import digest
from ai.retrieval.loading import Embeddings
from ai.retrieval.vectors import Vector
from ai.triage.guessing import Guesser
from ai.triage.nearest import Example
from ai.triage.texts import LANGUAGES, TicketText, text_of_article
from domain.inbox.state import Category
from domain.knowledge.state import Article
from domain.message import Id, Millis
from domain.people.state import Skill
from domain.ports import Clock
from domain.ticket.state import Status, Ticket
from server.repeating import for_ever
from server.store.connect import Store
from server.store.documents import find, versions
from server.store.examples import ExampleOf, Examples, Labels
from server.store.headers import Headers
from server.store.messages import Messages
from server.store.models import TicketHeader

log = logging.getLogger(__name__)

EVERY_SECONDS = 2.0
WHOLE: Millis = 10 * 60_000
"""How often the past is read anew."""
SKEW: Millis = 5_000
MOST_EXAMPLES, MOST_PAST = 500, 300
CORRECTED, RESOLVED, NAMED, KEYWORD, WRITTEN = 1.0, 1.4, 1.0, 4.0, 2.0
"""How much each kind of example is doubted; found on the tuned half of the evaluation."""
KINDS = (Category, Skill, Article)


class Told(NamedTuple):
    """A ticket whose labels are known."""

    text: TicketText
    labels: Labels
    doubt: float


class TriageLibrary:
    """Follows the store; a correction is in the next guesses of every worker within seconds."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        headers: Headers,
        messages: Messages,
        embeddings: Embeddings,
    ) -> None:
        self._store = store
        self._clock = clock
        self._headers = headers
        self._messages = messages
        self._embeddings = embeddings
        self._examples = Examples(store, clock)
        self._versions: dict[str, dict[Id, int]] = {}
        self._told: dict[Id, Told] = {}
        self._past: dict[Id, Told] = {}
        self._read: Millis = 0
        self._whole: Millis | None = None
        self._by_meaning = False
        self._vectors: dict[bytes, Vector] = {}
        self._guesser: Guesser | None = None
        self._known = asyncio.Event()
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, "triage")

    async def run(self) -> None:
        """Follow until cancelled."""
        try:
            await for_ever("the examples", self.refresh, EVERY_SECONDS)
        finally:
            self._thread.shutdown(wait=False)

    async def guesser(self) -> Guesser:
        """What is known at present, once anything is."""
        await self._known.wait()
        assert self._guesser is not None
        return self._guesser

    @property
    def examples(self) -> int:
        """Tickets that it knows the labels of."""
        return len({**self._past, **self._told})

    async def refresh(self) -> None:
        """Take in what changed since the last time."""
        async with self._turn:
            now = self._clock.now()
            changed = await self._follow_examples(now)
            if self._whole is None or now - self._whole >= WHOLE:
                self._past = await self._read_past()
                self._whole, changed = now, True
            there = {kind.__name__: await versions(self._store, kind) for kind in KINDS}
            ready = self._embeddings.ready.is_set()
            if changed or there != self._versions or ready is not self._by_meaning:
                await self._learn(by_meaning=ready)
                self._versions, self._by_meaning = there, ready
            self._read = now

    async def _follow_examples(self, now: Millis) -> bool:
        since = self._read - SKEW if self._read else 0
        changed = False
        for example in reversed(await self._examples.since(since, MOST_EXAMPLES)):
            told = await self._tell(example)
            changed = changed or told != self._told.get(example.ticket_id)
            if told is None:
                gone = (
                    self._told.pop(example.ticket_id, None),
                    self._past.pop(example.ticket_id, None),
                )
                changed = changed or any(gone)
            else:
                self._told.pop(example.ticket_id, None)
                self._told[example.ticket_id] = told
        for oldest in list(self._told)[:-MOST_EXAMPLES]:
            del self._told[oldest]
        return changed

    async def _tell(self, example: ExampleOf) -> Told | None:
        if example.labels is None or example.message_id is None:
            return None
        ticket = (await self._headers.load(f"ticket:{example.ticket_id}")).state
        text = await self._text_of(ticket) if isinstance(ticket, Ticket) else None
        return None if text is None else Told(text, example.labels, CORRECTED)

    async def _text_of(self, ticket: Ticket) -> TicketText | None:
        message = (
            await self._messages.load(ticket.description_id) if ticket.description_id else None
        )
        if not ticket.exists or message is None or message.redacted_at is not None:
            return None
        return TicketText(ticket.title, message.body, ticket.inbox_id)

    async def _read_past(self) -> dict[Id, Told]:
        """Tickets that are done, under the category that people left them in."""
        done = {
            "state.status": {"$in": [Status.RESOLVED.value, Status.CLOSED.value]},
            "state.category": {"$in": [*await versions(self._store, Category)]},
            "state.deleted": False,
        }
        fields = {
            "state.title": 1,
            "state.category": 1,
            "state.inbox_id": 1,
            "state.description_id": 1,
        }
        headers = self._store[TicketHeader].find(done, fields)
        found = [raw async for raw in headers.sort("state.opened_at", -1).limit(MOST_PAST)]
        past: dict[Id, Told] = {}
        for raw in found:
            state = raw["state"]
            message = await self._messages.load(state["description_id"])
            if message is not None and message.redacted_at is None:
                text = TicketText(state["title"], message.body, state["inbox_id"])
                past[raw["_id"]] = Told(text, Labels(state["category"]), RESOLVED)
        return past

    async def _learn(self, *, by_meaning: bool) -> None:
        """Fit anew on everything there is."""
        categories = await find(self._store, Category, {})
        skills = await find(self._store, Skill, {})
        told = [*{**self._past, **self._told}.values()]
        known = {each.id for each in categories}
        articles = await find(self._store, Article, {"state.category": {"$in": [*known]}})
        by_category = [
            *(example for each in categories for example in examples_of_category(each)),
            *(
                Example(
                    text_of_article(each.title, each.summary, each.body),
                    each.language,
                    each.category,
                    WRITTEN,
                )
                for each in articles
                if each.category in known
            ),
            *(
                _example(each, each.labels.category)
                for each in told
                if each.labels.category in known
            ),
        ]
        by_priority = [
            _example(each, each.labels.priority) for each in told if each.labels.priority
        ]
        names = {each.id: each.name for each in skills}
        by_skill = [
            *(Example(each.name, "en", each.id, NAMED) for each in skills),
            *(
                _example(each, skill)
                for each in told
                for skill in each.labels.skills
                if skill in names
            ),
        ]
        every = by_category, by_priority, by_skill
        if by_meaning:
            every = await self._embedded(*every)
        in_categories, in_priorities, in_skills = every
        self._guesser = await asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: Guesser(in_categories, in_priorities, in_skills, names)
        )
        self._known.set()

    async def _embedded(
        self, *every: Sequence[Example]
    ) -> tuple[list[Example], list[Example], list[Example]]:
        """The same with their vectors; what is embedded already is not again."""
        texts = {digest(each.text): each.text for some in every for each in some}
        self._vectors = {key: self._vectors[key] for key in texts if key in self._vectors}
        missing = [key for key in texts if key not in self._vectors]
        made = await self._embeddings.embed([texts[key] for key in missing], urgent=False)
        if made is not None:
            self._vectors |= dict(zip(missing, np.asarray(made), strict=True))
        first, second, third = (
            [each._replace(vector=self._vectors.get(digest(each.text))) for each in some]
            for some in every
        )
        return first, second, third


def examples_of_category(category: Category) -> list[Example]:
    """What a category is by itself: its name, and each of its keywords, in every language."""
    whole = f"{category.name} {' '.join(category.keywords)}"
    return [
        Example(text, language, category.id, doubt)
        for language in LANGUAGES
        for text, doubt in ((whole, NAMED), *((each, KEYWORD) for each in category.keywords))
    ]


def _example(told: Told, label: str | None) -> Example:
    assert label is not None
    return Example(told.text.whole, told.text.language, label, told.doubt, told.text.inbox_id)
