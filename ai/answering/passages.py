"""What an answer is made from: passages of articles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Passage(NamedTuple):
    """A piece of an article, as Markdown and as the words in it, with the heading that it stands
    under. Scores of two questions do not compare."""

    article_id: str
    title: str
    text: str
    plain: str
    language: str
    score: float
    heading: str = ""


class Found(NamedTuple):
    """The best first; `confidence` is the measured chance, of 0 to 1, that the first answers;
    `by_meaning` says whether more than words was compared."""

    passages: Sequence[Passage]
    confidence: float
    by_meaning: bool = False
