"""What is guessed of a ticket without a language model, from examples and cues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ai.retrieval.vectors import Vector
from ai.triage.confidence import category_confidence, priority_chances
from ai.triage.cues import read_cues
from ai.triage.nearest import Example, Nearest
from ai.triage.summary import summary_of
from ai.triage.texts import TicketText
from domain.triage.state import Mood

SKILL_AT_MOST = 0.75
"""Nobody measured how often a guessed skill is right: it is shown, and never counts by itself."""
SKILL_OF_LANGUAGE = {"es": ("spanish", "español", "castellano")}


class Likely(NamedTuple):
    """A label and the chance that it is right."""

    label: str
    confidence: float


class Guesses(NamedTuple):
    """All that is guessed of a ticket; `summary` is [start, end) in UTF-16 units of its body."""

    category: Likely | None
    priority: Likely
    skill: Likely | None
    mood: Mood
    language: str
    summary: tuple[int, int] | None
    by_meaning: bool


class Guesser:
    """Knows examples of categories, priorities and skills, each under its id.

    `names` are those of the skills, by which a language's is known.
    """

    def __init__(
        self,
        categories: Sequence[Example],
        priorities: Sequence[Example],
        skills: Sequence[Example],
        names: Mapping[str, str],
    ) -> None:
        self._categories = Nearest(categories)
        self._priorities = Nearest(priorities)
        self._skills = Nearest(skills)
        self._names = names

    def guess(self, ticket: TicketText, vector: Vector | None) -> Guesses:
        """`vector` is that of the whole text; None where there is no model, and words must do."""
        language = ticket.language
        cues = read_cues(f"{ticket.title}. {ticket.body}", language)
        near = self._priorities.scores(ticket.whole, language, None, vector)
        chances = priority_chances(cues, near)
        priority = max(chances, key=lambda each: chances[each])
        upset = cues.upset + cues.shouting > 1.4
        glad = cues.glad > 0 and not cues.upset and not cues.pressing
        return Guesses(
            category=self._category(ticket, language, vector),
            priority=Likely(priority, chances[priority]),
            skill=self._skill(ticket, language, vector),
            mood=Mood.UPSET if upset else Mood.GLAD if glad else Mood.CALM,
            language=language,
            summary=summary_of(ticket.title, ticket.body, language),
            by_meaning=vector is not None,
        )

    def category_scores(self, ticket: TicketText, vector: Vector | None) -> dict[str, float]:
        return self._categories.scores(ticket.whole, ticket.language, ticket.inbox_id, vector)

    def _category(self, ticket: TicketText, language: str, vector: Vector | None) -> Likely | None:
        scores = self._categories.scores(ticket.whole, language, ticket.inbox_id, vector)
        if not scores:
            return None
        best = max(scores, key=lambda each: scores[each])
        return Likely(best, category_confidence(scores, by_meaning=vector is not None))

    def _skill(self, ticket: TicketText, language: str, vector: Vector | None) -> Likely | None:
        words = SKILL_OF_LANGUAGE.get(language, ())
        for identity, name in self._names.items():
            if name.casefold().startswith(words or ("\0",)):
                return Likely(identity, SKILL_AT_MOST)
        scores = self._skills.scores(ticket.whole, language, None, vector)
        if not scores:
            return None
        best = max(scores, key=lambda each: scores[each])
        return Likely(best, min(SKILL_AT_MOST, max(0.0, scores[best])))
