"""Text without what names a person or their things: for what is read by many."""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "…"
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"\+?\d(?:[ ().\-/]?\d){5,}")
"""Telephone numbers, cards, dates, order numbers: six figures and more."""
_CODE = re.compile(r"\b(?=[\w-]{6,})[A-Za-z][\w-]*\d{3,}[\w-]*")
"""Such as an order's or a frame's: letters, and three figures in a row."""
_SEVERAL = re.compile(rf"{HIDDEN}(?: {HIDDEN})+")
_LEAST_NAME = 3


def masked(text: str, names: Iterable[str] = ()) -> str:
    """The text without e-mail addresses, long numbers, codes, and the given names."""
    for pattern in (_ADDRESS, _NUMBER, _CODE):
        text = pattern.sub(HIDDEN, text)
    parts = {part for name in names for part in re.findall(r"\w+", name)}
    telling = [re.escape(part) for part in sorted(parts, key=len) if len(part) >= _LEAST_NAME]
    if telling:
        # As it is written in the name: 'will' is a word too.
        text = re.sub(rf"\b(?:{'|'.join(telling)})\b", HIDDEN, text)
    return _SEVERAL.sub(HIDDEN, text)
