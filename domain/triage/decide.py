"""The rules of triage: which guesses count at once, which are only shown, who has the last word."""

from __future__ import annotations

from typing import NamedTuple

from domain.approval.decide import asked_by_change
from domain.errors import Conflict
from domain.message import Event, Millis
from domain.ticket.events import CategoryChanged, PriorityChanged, SkillsChanged, TicketAssigned
from domain.ticket.facts import Facts
from domain.ticket.state import Priority, StaffPart, Ticket
from domain.triage.commands import JudgeGuess, TriageTicket
from domain.triage.events import GuessJudged, TicketTriaged
from domain.triage.state import Guess, Guessed, GuessState, TriageLevel, TriageMode, Verdict


class Bounds(NamedTuple):
    """Chances that a guess is right: from `sure` on it may count at once, from `likely` on it is
    worth showing."""

    sure: float
    likely: float


BOUNDS: dict[TriageLevel, Bounds] = {
    TriageLevel.WORDS: Bounds(sure=0.75, likely=0.40),
    TriageLevel.MEANING: Bounds(sure=0.80, likely=0.40),
    TriageLevel.MODEL: Bounds(sure=0.85, likely=0.50),
}
"""`docs/evaluation.md` has what was measured; a model only says itself how sure it is."""


def decide_triage(ticket: Ticket, command: TriageTicket, now: Millis, facts: Facts) -> list[Event]:
    """Once for each ticket, and never over what somebody chose."""
    private = _private(ticket)
    mode = facts.inbox.triage if facts.inbox else TriageMode.OFF
    if private.triage is not None or mode is TriageMode.OFF or not ticket.status.active:
        return []
    bounds = BOUNDS[command.level]
    guesses = tuple(
        guess.model_copy(update={"state": _begins(guess, bounds, mode)})
        for guess in command.guesses
        if guess.confidence >= bounds.likely and _worth_saying(ticket, guess, facts)
    )
    applied = [each for each in guesses if each.state is GuessState.APPLIED]
    events: list[Event] = [
        TicketTriaged(
            level=command.level,
            guesses=guesses,
            mood=command.mood,
            language=command.language,
            summary=command.summary,
            duplicates=command.duplicates,
        )
    ]
    for guess in applied:
        events += _changed(ticket, guess.field, guess.values)
        if guess.field is Guessed.CATEGORY:
            events += _moved(ticket, facts)
    return events + asked_by_change(ticket, events, now, facts)


def decide_judge(ticket: Ticket, command: JudgeGuess, now: Millis, facts: Facts) -> list[Event]:
    """The person's word, and what follows from it for the field; the same again changes nothing."""
    triage = _private(ticket).triage
    guess = triage and triage.guess(command.field)
    if not guess:
        raise Conflict("Nothing was guessed there.")
    events: list[Event] = []
    if command.verdict is Verdict.TAKE:
        if guess.state is GuessState.TAKEN:
            return []
        if not _is_known(guess, facts):
            raise Conflict("What was guessed is not there any more.")
        events += _changed(ticket, guess.field, guess.values)
    elif guess.state in (GuessState.DISMISSED, GuessState.OVERRULED):
        return []
    elif guess.state is GuessState.APPLIED and _values(ticket, guess.field) == guess.values:
        events += _changed(ticket, guess.field, UNSET[guess.field])
        facts = facts.model_copy(update={"category": None})
    asked = asked_by_change(ticket, events, now, facts)
    return [*events, GuessJudged(field=command.field, verdict=command.verdict), *asked]


UNSET: dict[Guessed, tuple[str, ...]] = {
    Guessed.CATEGORY: (),
    Guessed.PRIORITY: (Priority.MEDIUM.value,),
    Guessed.SKILLS: (),
}
"""What a field holds that nobody set."""


def _begins(guess: Guess, bounds: Bounds, mode: TriageMode) -> GuessState:
    counts = mode is TriageMode.APPLY and guess.confidence >= bounds.sure
    return GuessState.APPLIED if counts else GuessState.SUGGESTED


def _worth_saying(ticket: Ticket, guess: Guess, facts: Facts) -> bool:
    """Whether the field is still as nobody set it, and would become something else."""
    untouched = guess.field not in _private(ticket).chosen
    unset = UNSET[guess.field]
    return (
        untouched
        and _values(ticket, guess.field) == unset
        and guess.values != unset
        and _is_known(guess, facts)
    )


def _is_known(guess: Guess, facts: Facts) -> bool:
    match guess.field:
        case Guessed.CATEGORY:
            return facts.category is not None
        case Guessed.PRIORITY:
            return guess.values[0] in list(Priority)
        case Guessed.SKILLS:
            return facts.skill_ids.issuperset(guess.values)


def _values(ticket: Ticket, field: Guessed) -> tuple[str, ...]:
    match field:
        case Guessed.CATEGORY:
            return (ticket.category,) if ticket.category else ()
        case Guessed.PRIORITY:
            return (ticket.priority.value,)
        case Guessed.SKILLS:
            return _private(ticket).required_skills


def _changed(ticket: Ticket, field: Guessed, values: tuple[str, ...]) -> list[Event]:
    if values == _values(ticket, field):
        return []
    match field:
        case Guessed.CATEGORY:
            category = values[0] if values else None
            return [CategoryChanged(before=ticket.category, category=category)]
        case Guessed.PRIORITY:
            return [PriorityChanged(before=ticket.priority, priority=Priority(values[0]))]
        case Guessed.SKILLS:
            before = _private(ticket).required_skills
            return [SkillsChanged(before=before, required_skills=values)]


def _moved(ticket: Ticket, facts: Facts) -> list[Event]:
    """To the category's team, as if it had been opened with it; not away from who has it, or from
    where somebody moved it."""
    team_id = facts.category and facts.category.team_id
    inbox = facts.inbox
    if not team_id or inbox is None or ticket.team_id in (None, team_id):
        return []
    offered = _private(ticket).offer is not None
    if ticket.owner_id is not None or offered or ticket.team_id != inbox.team_id:
        return []
    return [
        TicketAssigned(
            agent_id=None, team_id=team_id, before_agent_id=None, before_team_id=ticket.team_id
        )
    ]


def _private(ticket: Ticket) -> StaffPart:
    if ticket.private is None:
        raise ValueError("Only the whole header can be decided on, not a public view.")
    return ticket.private
