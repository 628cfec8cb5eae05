"""Gathers in the worker what the assistant could not answer, and has its model read it."""

from __future__ import annotations

from ai.answering.languages import guess
from ai.retrieval.loading import Embeddings
from domain.message import Millis
from domain.ports import Clock
from server.questions.likeness import packed
from server.store.connect import Raw, Store
from server.store.questions import (
    KEPT_MS,
    asked_in,
    keep_meaning,
    note_ticket,
    unanswered_tickets,
    unread_questions,
)

EVERY_SECONDS = 5.0
SKEW: Millis = 60_000
AT_ONCE = 32
LANGUAGES = ("en", "es")


class Gathering:
    """Safe to repeat, and in several workers at once: a ticket has one question."""

    def __init__(self, store: Store, clock: Clock, embeddings: Embeddings) -> None:
        self._store = store
        self._clock = clock
        self._embeddings = embeddings
        self._since: Millis | None = None

    async def gather(self) -> None:
        """Take in what is new since the last time."""
        now = self._clock.now()
        since = now - KEPT_MS if self._since is None else self._since - SKEW
        found = [
            row for each in await unanswered_tickets(self._store, since) if (row := _row(each))
        ]
        texts = await asked_in(self._store, found)
        for row in (row for row in found if row["ticket_id"] in texts):
            language = guess(texts[row["ticket_id"]].text, LANGUAGES)
            await note_ticket(self._store, {**row, "language": language})
        self._since = now
        await self._read()

    async def _read(self) -> None:
        """Have the model read what it has not, where there is one."""
        model = self._embeddings.name
        if not model:
            return
        unread = await unread_questions(self._store, model, AT_ONCE)
        texts = await asked_in(self._store, unread)
        known: list[tuple[Raw, str]] = []
        for row in unread:
            asked = texts.get(row["ticket_id"])
            text = asked.text if asked else row["text"]
            if text and self._embeddings.speaks(row["language"]):
                known.append((row, text))
            else:
                await keep_meaning(self._store, row["_id"], model, None)
        vectors = await self._embeddings.embed([text for _, text in known], urgent=False)
        if vectors is None or not known:
            return
        for (row, _), vector in zip(known, packed(vectors), strict=True):
            await keep_meaning(self._store, row["_id"], model, vector)


def _row(header: Raw) -> Raw | None:
    """What was asked last, before people had the ticket."""
    state: Raw = header["state"]
    private: Raw = state.get("private") or {}
    briefing: Raw = private.get("briefing") or {}
    asked: list[str] = briefing.get("asked") or []
    if not asked:
        return None
    at = state["assistant"]["at"]
    return {"ticket_id": header["_id"], "message_id": asked[-1], "at": at}
