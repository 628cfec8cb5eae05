"""Asking a language model what a ticket is about, and what its word is worth."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from typing import NamedTuple

from pydantic import BaseModel, ValidationError

from ai.llm.asking import Llm, Text, Unanswerable
from ai.llm.within import within
from ai.prompts.triage import MOODS, PRIORITIES, sorting
from ai.triage.guessing import Guesses, Likely
from ai.triage.texts import TicketText
from domain.triage.state import Mood

WITHIN_SECONDS = 20.0
ALONE = 0.6
"""What a model's word is worth where the examples say otherwise: nobody measured it, so it is
shown and counts by nothing but itself never."""


class Sorted(NamedTuple):
    category: str
    """Its id."""
    priority: str
    mood: Mood


class _Answer(BaseModel):
    category: str
    priority: str
    mood: str


async def ask_model(llm: Llm, ticket: TicketText, categories: Mapping[str, str]) -> Sorted:
    """Categories by id, with their names. Raises LlmError where no usable answer comes in time."""
    names = {name: identity for identity, name in categories.items()}
    said = ""
    ask = sorting(ticket.title, ticket.body, list(names))
    async with aclosing(within(llm, ask, WITHIN_SECONDS)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Text):
                said += piece.text
    try:
        answer = _Answer.model_validate_json(said)
    except ValidationError:
        raise Unanswerable("no JSON of the form that was asked for") from None
    if (
        answer.category not in names
        or answer.priority not in PRIORITIES
        or answer.mood not in MOODS
    ):
        raise Unanswerable("something that was not to choose from")
    return Sorted(names[answer.category], answer.priority, Mood(answer.mood))


def joined(guesses: Guesses, answer: Sorted) -> Guesses:
    """Both together: who agree are surer than each alone."""
    return guesses._replace(
        category=_joined(guesses.category, answer.category),
        priority=_joined(guesses.priority, answer.priority),
        mood=answer.mood,
    )


def _joined(guess: Likely | None, label: str) -> Likely:
    if guess is None or guess.label != label:
        return Likely(label, ALONE)
    return Likely(label, 1 - (1 - guess.confidence) / 2)
