"""What people write, as it is kept: no control characters, and something to see in it."""

from __future__ import annotations

import re
import unicodedata

_NEWLINE = re.compile(r"\r\n?")
_UNSEEN_CONTROLS = re.compile(
    # Controls but tab and newline; and those that turn the order of others' characters around.
    # Marks, embeddings and isolates, which right-to-left text needs, stay.
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e]"
)
_UNSEEN = re.compile(
    # Hyphens and blanks without width, tags that spell words of their own, and halves of
    # characters. Joiners, which emoji and several scripts need, stay.
    f"{_UNSEEN_CONTROLS.pattern}|[\u00ad\u200b\u2060-\u2064\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks by their category, which show nothing."""
_BLANK_CATEGORIES = frozenset(("Cc", "Cf", "Zs", "Zl", "Zp"))


def clean_text(text: str) -> str:
    """Text without what nobody sees or types, its lines ending with `\\n`; ValueError if blank."""
    # What is printable has none of them, and to know that takes a fiftieth of looking for them.
    printable = text.isprintable()
    cleaned = text if printable else _UNSEEN_CONTROLS.sub("", _NEWLINE.sub("\n", text))
    if is_blank(cleaned):
        raise ValueError("There is nothing to see in this text")
    return cleaned


def clean_line(text: str) -> str:
    """The same for what stands in one line; ValueError if blank."""
    return clean_text(re.sub(r"[\t\r\n]+", " ", text)).strip()


def seen(text: str) -> str:
    """Text without what hides between the characters that people see: for what models are told,
    and for what they say."""
    return text if text.isprintable() else _UNSEEN.sub("", text)


def is_blank(text: str) -> bool:
    """Whether there is nothing to see in it."""
    return all(map(_is_blank, text))


def _is_blank(character: str) -> bool:
    return (
        unicodedata.category(character) in _BLANK_CATEGORIES
        or character in _BLANK_LETTERS
        or "\ufe00" <= character <= "\ufe0f"  # Variation selectors.
        or "\U000e0100" <= character <= "\U000e01ef"
    )
