"""What is asked of a language model, and what comes back: one small interface for all of them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from pydantic import TypeAdapter


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class Turn(NamedTuple):
    """One part of a conversation. What `content` looks like, it is never taken for control."""

    role: Role
    content: str


@dataclass(frozen=True)
class Ask:
    """A conversation to go on with. `schema` is the JSON schema that the answer is to follow."""

    turns: tuple[Turn, ...]
    most_tokens: int = 512
    temperature: float = 0.0
    seed: int = 0
    schema: Mapping[str, Any] | None = None


ASKS = TypeAdapter(Ask)
"""An Ask as JSON, and back."""


class Place(NamedTuple):
    """Where a question waits; 1 is the next. Told again whenever it moves."""

    place: int


class Text(NamedTuple):
    """What the answer goes on with: whole characters, at least one."""

    text: str


class Reason(StrEnum):
    """Why an answer ended: it was complete, or as long as it may be."""

    STOP = "stop"
    LENGTH = "length"


class End(NamedTuple):
    """The last piece. How many tokens were read and written, 0 where nobody says."""

    reason: Reason
    read: int = 0
    written: int = 0


Piece = Place | Text | End


class LlmError(Exception):
    """No answer, or none any more."""


class Busy(LlmError):
    """Too many ask at once; `retry_after` in seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"busy, again in {retry_after:.0f} s")
        self.retry_after = retry_after


class Down(LlmError):
    """The model is not there, or went away in the middle."""


class Unanswerable(LlmError):
    """The same question will not be answered later either: too long, or a schema it cannot keep."""


class Llm(Protocol):
    """A model that may be asked several things at once."""

    @property
    def name(self) -> str | None:
        """What the model calls itself; None while nobody knows."""
        ...

    @property
    def up(self) -> bool:
        """Whether it answered when it was last heard of."""
        ...

    def ask(self, ask: Ask) -> AsyncGenerator[Piece]:
        """The answer, piece by piece, an End last; raises LlmError. Closing it cancels."""
        ...

    async def look(self) -> None:
        """Find out whether it is there; never raises."""
        ...

    async def close(self) -> None:
        """Let go of it; whoever still listens hears that it is down."""
        ...
