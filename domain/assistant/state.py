"""What the assistant is in a ticket, as part of its header and of its messages."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.message import Id, Millis, Record


class AssistantLevel(StrEnum):
    """What an answer is made by, and what the assistant is able to do at present.

    `passages` quotes the articles that fit best; `model` words an answer from them. Only ever of a
    single message are `general`, a model without sources, which its reader is told, and
    `question`, which only asks what was meant: no answer, so nobody is asked whether it helped.
    """

    OFF = "off"
    PASSAGES = "passages"
    MODEL = "model"
    GENERAL = "general"
    QUESTION = "question"


class Fallback(StrEnum):
    """Where a question goes that no article answers."""

    PERSON = "person"
    GENERAL = "general"


class AssistantState(StrEnum):
    """`waiting` for its answer, `answered` until the client says more, `handed_over` for good."""

    WAITING = "waiting"
    ANSWERED = "answered"
    HANDED_OVER = "handed_over"


class HandOver(StrEnum):
    """Why people go on with a ticket."""

    ASKED = "asked"
    NOTHING_FOUND = "nothing_found"
    UNSURE = "unsure"
    LOOP = "loop"
    FAILED = "failed"
    NOT_HELPFUL = "not_helpful"
    TAKEN = "taken"


class Source(Record):
    """A passage of an article, as it stood when it was quoted. Text, without Markdown."""

    article_id: Id
    title: Annotated[str, Field(max_length=200)]
    passage: Annotated[str, Field(max_length=2_000)]


class Assistant(Record):
    """The public part. `seq` and `at` are those of the client's message that waits, of the answer
    or of the hand-over: the generation of the timer that guards it, and from when it counts."""

    state: AssistantState
    seq: int
    at: Millis
    answers: int = 0
    """Given in a row, none of which is known to have helped."""
    unhelpful: int = 0
    """Of these, how many are known not to have."""
    reason: HandOver | None = None

    @property
    def its_turn(self) -> bool:
        """Whether it is the assistant who speaks here."""
        return self.state is not AssistantState.HANDED_OVER


class Shown(Record):
    """An article that the client was shown, and what they said of that answer."""

    message_id: Id
    article_id: Id
    title: str
    helpful: bool | None = None


class Briefing(Record):
    """What an agent wants to know who goes on: by ids, so that redacted words are in none.

    `asked` are the client's messages to the assistant, the oldest first. `found` is what was not
    sure enough to be shown.
    """

    asked: tuple[Id, ...] = ()
    shown: tuple[Shown, ...] = ()
    found: tuple[Source, ...] = ()
