"""A ticket as it is compared: what it says, in which language, and where it came in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ai.answering.languages import guess
from ai.retrieval.bm25 import analyzer_of
from ai.retrieval.questions import Questions
from ai.retrieval.reading import WORD

LANGUAGES = ("en", "es")
"""Those whose cues are written down; the first where nothing tells."""
MOST_CHARACTERS = 2_000
"""What follows tells little more, and embedding takes its time for it."""
PIECES = (3, 4, 5)
"""Of words: who mistypes, or writes a language with like words, still shares most of them."""


class TicketText(NamedTuple):
    """What there is of a ticket when it is guessed."""

    title: str
    body: str
    inbox_id: str | None = None

    @property
    def whole(self) -> str:
        """What is embedded and compared; a title that only begins the body adds nothing."""
        begins = self.body.startswith(self.title.rstrip("….").strip())
        whole = self.body if begins else f"{self.title}. {self.body}"
        return whole[:MOST_CHARACTERS]

    @property
    def language(self) -> str:
        return guess(self.whole, LANGUAGES)


def text_of_article(title: str, summary: str, body: str) -> str:
    """An article as tickets are compared with it: what it is about, and what it says of that."""
    return f"{title}. {summary}\n{body}"[:MOST_CHARACTERS]


def terms_of(text: str, language: str) -> Iterator[str]:
    """What two texts are compared by without a model: stems, and pieces of words."""
    typed = WORD.findall(text)
    for word in _questions(language).telling(typed):
        yield from _stems(language, word)
    for word in WORD.findall(plain(text)):
        edged = f"<{word}>"
        for size in PIECES:
            yield from (f"#{edged[at : at + size]}" for at in range(len(edged) - size + 1))


def plain(text: str) -> str:
    """Small letters without accents: who leaves these out says the same."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[\u0300-\u036f]", "", apart)


@lru_cache(maxsize=16)
def _questions(language: str) -> Questions:
    return Questions(language)


@lru_cache(maxsize=50_000)
def _stems(language: str, word: str) -> tuple[str, ...]:
    return tuple(_analyzer(language).analyze(word))


_analyzer = lru_cache(maxsize=16)(analyzer_of)
