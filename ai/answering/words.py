"""What the assistant says around what it quotes, by language."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    found: str
    meant: str


WORDS = {
    "en": Words(
        found="This is what our help pages say:",
        meant="I am not sure what you mean. Is it one of these?",
    ),
    "es": Words(
        found="Esto es lo que dicen nuestras páginas de ayuda:",
        meant="No estoy seguro de qué necesita. ¿Es una de estas cosas?",
    ),
}


def words_in(language: str) -> Words:
    """Those of a language; English where it has none."""
    return WORDS.get(language, WORDS["en"])
