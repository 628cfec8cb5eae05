"""Which language a text is in, as far as its little words tell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ai.retrieval.questions import Questions
from ai.retrieval.reading import WORD

MOST_WORDS = 100


def guess(text: str, among: Sequence[str]) -> str:
    """The language of most of a text's little words; the first where none tells."""
    typed = WORD.findall(text)[:MOST_WORDS]

    def little(language: str) -> int:
        telling = _questions(language).telling(typed)
        return len(typed) - len(telling)

    return max(among, key=little)


@lru_cache(maxsize=32)
def _questions(language: str) -> Questions:
    return Questions(language)
