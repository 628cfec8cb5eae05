"""What can happen to guesses."""

from __future__ import annotations

from typing import ClassVar, Literal

from domain.message import Audience, Event
from domain.triage.state import (
    Duplicate,
    Excerpt,
    Guess,
    Guessed,
    Mood,
    TriageLevel,
    Verdict,
)


class TicketTriaged(Event):
    """What was guessed; behind it, in the same commit, what of it counts at once."""

    type: Literal["ticket.triaged"] = "ticket.triaged"
    seen_by: ClassVar[Audience] = Audience.STAFF
    level: TriageLevel
    guesses: tuple[Guess, ...]
    mood: Mood | None
    language: str | None
    summary: Excerpt | None
    duplicates: tuple[Duplicate, ...]


class GuessJudged(Event):
    """What somebody says of a guess; before it, in the same commit, what they changed by that."""

    type: Literal["ticket.guess_judged"] = "ticket.guess_judged"
    seen_by: ClassVar[Audience] = Audience.STAFF
    field: Guessed
    verdict: Verdict
