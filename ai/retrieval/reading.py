"""Where the words of a text stand, by their stems: read once, so that no search reads it again."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence

WORD = re.compile(r"\w+")

Ranges = tuple[tuple[int, int], ...]
"""Pieces of a paragraph, in order: [start, end) in characters."""


class Reading:
    """Some paragraphs, and the places of each stem in them."""

    def __init__(self, paragraphs: Sequence[str], stems_of: Callable[[str], Iterable[str]]) -> None:
        self.paragraphs = paragraphs
        self._places: dict[str, list[tuple[int, int, int]]] = {}
        for number, paragraph in enumerate(paragraphs):
            for word in WORD.finditer(paragraph):
                for stem in stems_of(word[0]):
                    self._places.setdefault(stem, []).append((number, *word.span()))
        self._stems = sorted(self._places)

    def find(self, stems: Collection[str], beginning: str) -> dict[int, Ranges]:
        """By the number of each paragraph that has them, where the words stand that have one of
        the stems, or begin so."""
        known = {stem for stem in stems if stem in self._places}
        if beginning:
            known.update(self._beginning_with(beginning))
        found: dict[int, set[tuple[int, int]]] = {}
        for stem in known:
            for number, start, end in self._places[stem]:
                found.setdefault(number, set()).add((start, end))
        return {number: tuple(sorted(ranges)) for number, ranges in found.items()}

    def _beginning_with(self, beginning: str) -> Iterable[str]:
        for index in range(bisect_left(self._stems, beginning), len(self._stems)):
            if not self._stems[index].startswith(beginning):
                return
            yield self._stems[index]
