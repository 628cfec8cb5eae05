"""What an agent wants of the copilot."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from ai.answering.passages import Passage


class Task(StrEnum):
    """A reply to what the client said last; what the ticket is about; or a draft in other words."""

    SUGGEST = "suggest"
    SUMMARISE = "summarise"
    FRIENDLIER = "friendlier"
    FORMAL = "formal"
    SHORTER = "shorter"
    TRANSLATE = "translate"

    @property
    def rewrites(self) -> bool:
        """Whether it needs a draft, and a language model."""
        return self not in (Task.SUGGEST, Task.SUMMARISE)


class Speaker(StrEnum):
    CLIENT = "client"
    STAFF = "staff"
    NOTE = "note"


class Line(NamedTuple):
    """One message of the ticket."""

    who: Speaker
    text: str


class Wanted(NamedTuple):
    """`talk` is oldest first, with notes only where staff alone will read what comes of it.
    `language` is that of the text to come; `client` is what the client is called, if anything."""

    task: Task
    language: str
    title: str
    talk: Sequence[Line]
    client: str = ""
    draft: str = ""
    passages: Sequence[Passage] = ()


def question_in(title: str, talk: Sequence[Line]) -> str:
    """What the client said since staff last answered; else the last that they said."""
    said: list[str] = []
    for line in reversed(talk):
        if line.who is Speaker.CLIENT:
            said.append(line.text)
        elif line.who is Speaker.STAFF and said:
            break
    first = sum(line.who is Speaker.CLIENT for line in talk) == len(said)
    return "\n".join([*([title] if first else ()), *reversed(said)])
