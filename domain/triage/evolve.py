"""Folding what happens into the guesses of a ticket, and into which fields staff chose."""

from __future__ import annotations

from domain.message import ActorKind, Event, Id, Meta
from domain.ticket.events import (
    CategoryChanged,
    MessageEdited,
    MessageRedacted,
    PriorityChanged,
    SkillsChanged,
    TicketOpened,
)
from domain.ticket.state import Priority
from domain.triage.events import GuessJudged, TicketTriaged
from domain.triage.state import Guess, Guessed, GuessState, Triage, Verdict


def evolve_triage(
    before: Triage | None, event: Event, meta: Meta, description_id: Id | None
) -> Triage | None:
    """What was guessed, after an event; what people set themselves overrules or confirms it."""
    if isinstance(event, TicketTriaged):
        return Triage(
            level=event.level,
            guesses=event.guesses,
            mood=event.mood,
            language=event.language,
            summary=event.summary,
            duplicates=event.duplicates,
        )
    if before is None:
        return None
    match event:
        case GuessJudged():
            taken = event.verdict is Verdict.TAKE
            state = GuessState.TAKEN if taken else GuessState.DISMISSED
            return _with(before, event.field, state)
        case MessageEdited() | MessageRedacted() if event.message_id == description_id:
            return before.model_copy(update={"summary": None})
        case _:
            pass
    chosen = _set_by(event)
    if chosen is None or meta.actor.kind is not ActorKind.AGENT:
        return before
    field, values = chosen
    guess = before.guess(field)
    same = guess is not None and guess.values == values
    return _with(before, field, GuessState.TAKEN if same else GuessState.OVERRULED)


def evolve_chosen(before: tuple[Guessed, ...], event: Event, meta: Meta) -> tuple[Guessed, ...]:
    """The fields that staff set, after an event: nothing is guessed over them any more."""
    if meta.actor.kind is not ActorKind.AGENT:
        return before
    if isinstance(event, TicketOpened):
        named = {
            Guessed.CATEGORY: event.category is not None,
            Guessed.PRIORITY: event.priority is not Priority.MEDIUM,
        }
        return tuple(field for field, was in named.items() if was)
    chosen = _set_by(event)
    if chosen is None or chosen[0] in before:
        return before
    return (*before, chosen[0])


def _set_by(event: Event) -> tuple[Guessed, tuple[str, ...]] | None:
    """The field that an event sets, and to what."""
    match event:
        case CategoryChanged():
            return Guessed.CATEGORY, (event.category,) if event.category else ()
        case PriorityChanged():
            return Guessed.PRIORITY, (event.priority.value,)
        case SkillsChanged():
            return Guessed.SKILLS, event.required_skills
        case _:
            return None


def _with(triage: Triage, field: Guessed, state: GuessState) -> Triage:
    def now(guess: Guess) -> Guess:
        return guess.model_copy(update={"state": state}) if guess.field is field else guess

    return triage.model_copy(update={"guesses": tuple(now(each) for each in triage.guesses)})
