"""What can be asked about guesses."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from domain.ticket.commands import TicketCommand
from domain.triage.state import (
    Duplicate,
    Excerpt,
    Guess,
    Guessed,
    Mood,
    TriageLevel,
    Verdict,
)


class TriageTicket(TicketCommand):
    """The machine's: what it guesses of a ticket. What becomes of that, `decide` says."""

    type: Literal["ticket.triage"] = "ticket.triage"
    level: TriageLevel
    guesses: Annotated[tuple[Guess, ...], Field(max_length=len(Guessed))] = ()
    mood: Mood | None = None
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")] | None = None
    summary: Excerpt | None = None
    duplicates: Annotated[tuple[Duplicate, ...], Field(max_length=5)] = ()


class JudgeGuess(TicketCommand):
    """Take a guess, or dismiss it; one that counts already is taken back by that."""

    type: Literal["ticket.judge_guess"] = "ticket.judge_guess"
    field: Guessed
    verdict: Verdict
