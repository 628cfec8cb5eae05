"""What a letter is made of: paragraphs of plain text, and what somebody said."""

from __future__ import annotations

from typing import NamedTuple

from domain.notification.state import Language
from server.mail.words import WORDS


class Quote(NamedTuple):
    """What somebody said: their words in Markdown, and the names of the files with them.

    Without a name, it is whoever said the one before.
    """

    name: str
    body: str
    files: tuple[str, ...] = ()


Part = str | Quote


def in_plain_text(part: Part, language: Language) -> str:
    """A part for who reads no HTML."""
    words = WORDS[language]
    if isinstance(part, str):
        return "\n".join(part.splitlines())
    files = [words.attached.format(name=name) for name in part.files]
    head = [words.wrote.format(who=part.name)] if part.name else []
    return "\n\n".join([*head, "\n".join(part.body.splitlines()), *files])
