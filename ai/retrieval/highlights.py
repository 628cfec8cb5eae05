"""Where a question's words stand in what was found."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from ai.retrieval.reading import Ranges, Reading

EXCERPT = 200


class Highlight(NamedTuple):
    """A piece of a field, and where in it the words stand: [start, end) in characters."""

    field: str
    text: str
    ranges: Ranges


def highlights_of(
    reading: Reading, heads: Sequence[str], stems: Collection[str], beginning: str
) -> Iterator[Highlight]:
    """Of each head (the first paragraphs, by name) that has words, and the body's best place."""
    found = reading.find(stems, beginning)
    for number, field in enumerate(heads):
        if ranges := found.pop(number, None):
            yield Highlight(field, reading.paragraphs[number], ranges)
    if found:
        number = max(
            found, key=lambda each: (len(found[each]), len(reading.paragraphs[each]), -each)
        )
        yield _excerpt(reading.paragraphs[number], found[number])


def _excerpt(paragraph: str, ranges: Ranges) -> Highlight:
    """A paragraph from a little before the first word that was found."""
    start = max(0, paragraph.rfind(" ", 0, max(0, ranges[0][0] - EXCERPT // 3)) + 1)
    end = start + EXCERPT
    shown = tuple((first - start, last - start) for first, last in ranges if last <= end)
    return Highlight("body", paragraph[start:end], shown)
