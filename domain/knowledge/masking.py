"""Text without what names a person or their things: for what is read by many."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from domain.text import seen

HIDDEN = "…"
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"\+?\d(?:(?:[^\S\n]|[().\-/‐-―])?\d){5,}")
"""Telephone numbers, cards, dates, order numbers: six figures and more."""
_RUN, _LETTER, _FIGURES = (re.compile(each) for each in (r"[\w-]{6,}", r"\b[A-Za-z]", r"\d{3}"))
_SEVERAL = re.compile(rf"{HIDDEN}(?: {HIDDEN})+")
_LEAST_NAME, _LEAST_CODE = 3, 6


def masked(text: str, names: Iterable[str] = ()) -> str:
    """The text without e-mail addresses, long numbers, codes, and the given names."""
    # An accent may be written as a sign of its own, and what is unseen parts a number for nobody.
    text = unicodedata.normalize("NFC", seen(text))
    for pattern in (_ADDRESS, _NUMBER):
        text = pattern.sub(HIDDEN, text)
    text = _RUN.sub(_without_code, text)
    told = (unicodedata.normalize("NFC", name) for name in names)
    parts = {part for name in told for part in re.findall(r"\w+", name)}
    telling = [re.escape(part) for part in sorted(parts, key=len) if len(part) >= _LEAST_NAME]
    if telling:
        # As it is written in the name: 'will' is a word too.
        text = re.sub(rf"\b(?:{'|'.join(telling)})\b", HIDDEN, text)
    return _SEVERAL.sub(HIDDEN, text)


def _without_code(run: re.Match[str]) -> str:
    """An order's or a frame's, as one knows them: letters, and then three figures in a row."""
    begins = _LETTER.search(run[0])
    if not begins or len(run[0]) - begins.start() < _LEAST_CODE:
        return run[0]
    figures = _FIGURES.search(run[0], begins.start())
    return run[0][: begins.start()] + HIDDEN if figures else run[0]
