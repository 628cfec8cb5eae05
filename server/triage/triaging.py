"""Guesses of one ticket: reads it, asks the examples and perhaps a model, and says what came."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from ai.llm.asking import Llm, LlmError
from ai.retrieval.loading import Embeddings
from ai.triage.asking import ask_model, joined
from ai.triage.guessing import Guesses
from ai.triage.texts import TicketText
from domain.access import Actor
from domain.errors import CommandIdReused, Conflict, NotFound
from domain.inbox.state import Category, Inbox
from domain.message import ActorKind
from domain.ports import Clock, Dispatch
from domain.ticket.state import Ticket
from domain.triage.commands import TriageTicket
from domain.triage.state import Excerpt, Guess, Guessed, TriageLevel, TriageMode
from server.store.connect import Store
from server.store.documents import fetch, find
from server.store.effects import DONE, Effect, Outcome, dropped
from server.store.streams import Streams
from server.triage.duplicates import Duplicates
from server.triage.library import TriageLibrary
from server.triage.reactor import TOO_LATE

log = logging.getLogger(__name__)

TRIAGE_ACTOR = Actor(kind=ActorKind.SYSTEM, id="triage")


class Triaging:
    """Performs the effects of triage, one at a time each."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        logs: Streams,
        dispatch: Dispatch,
        library: TriageLibrary,
        embeddings: Embeddings,
        llm: Callable[[], Llm | None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._logs = logs
        self._dispatch = dispatch
        self._library = library
        self._embeddings = embeddings
        self._duplicates = Duplicates(store, logs.messages, embeddings)
        self._llm = llm

    async def triage(self, effects: Sequence[Effect]) -> Outcome:
        """Once for each ticket; a repeat finds that it is done."""
        [effect] = effects
        ticket = (await self._logs.headers.load(f"ticket:{effect.about['ticket_id']}")).state
        if not isinstance(ticket, Ticket) or not ticket.exists or ticket.private is None:
            return dropped("no such ticket")
        if ticket.private.triage is not None or not ticket.status.active:
            return dropped("nothing is to be guessed any more")
        if self._clock.now() - ticket.opened_at > TOO_LATE:
            return dropped("too late")
        inbox = await fetch(self._store, Inbox, ticket.inbox_id)
        if inbox is None or inbox.triage is TriageMode.OFF:
            return dropped("off")
        text = await self._text(ticket)
        if text is None:
            return dropped("it has no words")
        try:
            await self._dispatch.dispatch(await self._guess(effect, ticket, text), TRIAGE_ACTOR)
        except (Conflict, NotFound):
            return dropped("somebody was faster")
        except CommandIdReused:  # It was guessed before, by an example less.
            pass
        return DONE

    async def _text(self, ticket: Ticket) -> TicketText | None:
        await self._logs.projection.catch_up(f"ticket:{ticket.id}")
        if ticket.description_id is None:
            return None
        message = await self._logs.messages.load(ticket.description_id)
        if message is None or message.redacted_at is not None:
            return None
        return TicketText(ticket.title, message.body, ticket.inbox_id)

    async def _guess(self, effect: Effect, ticket: Ticket, text: TicketText) -> TriageTicket:
        vectors = await self._embeddings.embed([text.whole])
        vector = None if vectors is None else vectors[0]
        guesser = await self._library.guesser()
        guesses = guesser.guess(text, vector)
        level = TriageLevel.MEANING if guesses.by_meaning else TriageLevel.WORDS
        if (llm := self._llm()) is not None:
            categories = {each.id: each.name for each in await find(self._store, Category, {})}
            try:
                guesses = joined(guesses, await ask_model(llm, text, categories))
                level = TriageLevel.MODEL
            except LlmError as error:
                log.warning("%s is guessed without a model: %s", ticket.id, error)
        return TriageTicket(
            command_id=effect.id,
            ticket_id=ticket.id,
            level=level,
            guesses=_guesses_of(guesses),
            mood=guesses.mood,
            language=guesses.language,
            summary=Excerpt(start=guesses.summary[0], end=guesses.summary[1])
            if guesses.summary
            else None,
            duplicates=tuple(await self._duplicates.of(ticket, text, vector)),
        )


def _guesses_of(guesses: Guesses) -> tuple[Guess, ...]:
    likely = {
        Guessed.CATEGORY: guesses.category,
        Guessed.PRIORITY: guesses.priority,
        Guessed.SKILLS: guesses.skill,
    }
    return tuple(
        Guess(field=field, values=(each.label,), confidence=round(each.confidence, 2))
        for field, each in likely.items()
        if each is not None
    )
