"""What was guessed of a ticket, as the staff's part of its header. By ids: it holds no words."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.message import Id, Record

Chance = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class TriageMode(StrEnum):
    """What an inbox does with guesses: nothing, show them, or let the sure ones count at once."""

    OFF = "off"
    SUGGEST = "suggest"
    APPLY = "apply"


class TriageLevel(StrEnum):
    """What guesses were made by: compared words, compared meaning, or a language model."""

    WORDS = "words"
    MEANING = "meaning"
    MODEL = "model"


class Guessed(StrEnum):
    """The fields of a ticket that are guessed."""

    CATEGORY = "category"
    PRIORITY = "priority"
    SKILLS = "skills"


class GuessState(StrEnum):
    """`overruled` where people set the field to something else, before or after it counted."""

    SUGGESTED = "suggested"
    APPLIED = "applied"
    TAKEN = "taken"
    DISMISSED = "dismissed"
    OVERRULED = "overruled"


class Verdict(StrEnum):
    """What somebody says of a guess. To dismiss one that counts takes it back."""

    TAKE = "take"
    DISMISS = "dismiss"


class Mood(StrEnum):
    """How the requester sounds."""

    GLAD = "glad"
    CALM = "calm"
    UPSET = "upset"


class Guess(Record):
    """One guess. `values` are a category's id, a priority, or the ids of skills."""

    field: Guessed
    values: Annotated[tuple[str, ...], Field(min_length=1, max_length=20)]
    confidence: Chance
    state: GuessState = GuessState.SUGGESTED


class Excerpt(Record):
    """The sentence that says most, by its place in the description: [start, end) in UTF-16 units,
    so that it goes with the words, and nothing of them is kept twice."""

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]


class Duplicate(Record):
    """Another open ticket that seems to be about the same."""

    ticket_id: Id
    number: int
    likeness: Chance


class Triage(Record):
    """All that was guessed, once, soon after a ticket was opened."""

    level: TriageLevel
    guesses: tuple[Guess, ...] = ()
    mood: Mood | None = None
    language: str | None = None
    summary: Excerpt | None = None
    duplicates: tuple[Duplicate, ...] = ()

    def guess(self, field: Guessed) -> Guess | None:
        return next((each for each in self.guesses if each.field is field), None)
