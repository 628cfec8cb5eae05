"""What the assistant finds for a client: in public articles, of their language first."""

from __future__ import annotations

from collections.abc import Sequence

from ai.answering.languages import guess
from ai.answering.passages import Found, Passage
from ai.retrieval.passages import Found as Searched
from domain.contact.state import Contact
from domain.ticket.state import Ticket
from server.assistant.passages import Passages
from server.jobs.routing import language_of

FOUND = 3


class Shelf:
    """The passages that a client may read."""

    def __init__(self, passages: Passages) -> None:
        self._passages = passages

    @property
    def articles(self) -> int:
        return self._passages.retriever.articles

    async def refresh(self) -> None:
        """Know all that is there."""
        await self._passages.refresh()

    def language(self, ticket: Ticket, contact: Contact | None, question: str) -> str:
        """What the client speaks, as far as it is known; else what the question looks like."""
        return language_of(ticket, contact) or guess(question, self._languages())

    async def find(self, question: str, language: str) -> Found:
        """The best passages: of the client's language, and of another where it has none."""
        best = await self._find(question, language)
        for other in self._languages():
            if not best.passages and other != language:
                best = await self._find(question, other)
        return best

    async def _find(self, question: str, language: str) -> Found:
        return _read(
            await self._passages.find(question, public_only=True, language=language, limit=FOUND)
        )

    def _languages(self) -> Sequence[str]:
        """English first: where nothing tells, it is that."""
        there = self._passages.retriever.languages | {"en"}
        return sorted(there, key=lambda each: (each != "en", each))


def _read(searched: Searched) -> Found:
    chunks = [(each.chunk, each.score) for each in searched.passages]
    return Found(
        tuple(
            Passage(
                chunk.article_id,
                chunk.title,
                chunk.text,
                chunk.plain,
                chunk.language,
                score,
                chunk.path[-1] if chunk.path else "",
            )
            for chunk, score in chunks
        ),
        searched.confidence,
        searched.by_meaning,
    )
