"""Who gets it, and why each other does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from domain.message import Id, Millis
from domain.routing.needs import lack_of
from domain.routing.state import Candidate

SHOWN = 20
"""So many of those who were looked at are kept with a ticket."""
LEVEL = 0.04
"""What each level below the best weighs in a choice, in parts of somebody's capacity: enough to
prefer who knows it well, too little to leave everything to them."""
BEST = 5
EVENLY = 30.0
"""How many times over it counts what an equal carried more of late: a difference that lasted all
day weighs at once, and with few tickets around, when all are idle, it decides."""
AT_MOST = 3
"""So much at most counts as load what an equal carried more of late: a ticket of high priority.
Who is that much fuller now is not given the next to even the day out."""
FULL = "full"
REACHABLE = "reachable"
"""What keeps who is not connected, but could be told by push, from being given anything; they can
be offered what nobody who is connected can take."""


class Wanted(NamedTuple):
    """What a ticket asks of who gets it. `skills` have their least level; `only` are those its
    category names, empty for all."""

    weight: int
    skills: Mapping[Id, int] = {}
    language: str | None = None
    only: frozenset[Id] = frozenset()
    passed: frozenset[Id] = frozenset()
    again: bool = True
    """Whether those who passed it may be asked once more."""
    offered: bool = False
    """Whether it is offered, not given."""
    known_by: Id | None = None
    """Who had the requester's last ticket."""


class Option(NamedTuple):
    """Somebody of the team. `kept_by` is what keeps them from being given anything, capacity
    aside; `skills` their levels; `carried` the load they had of late on an average."""

    agent_id: Id
    load: int
    capacity: int
    kept_by: str | None = None
    skills: Mapping[Id, int] = {}
    languages: Sequence[str] = ()
    given_at: Millis = 0
    carried: float = 0.0


class Choice(NamedTuple):
    """`agent_id` is None where it is nobody's turn; `candidates` are the best first."""

    agent_id: Id | None
    candidates: tuple[Candidate, ...]


def choose(wanted: Wanted, options: Iterable[Option]) -> Choice:
    """Among those who can take it: who knows the requester, then who speaks their language, then
    the least load for what they can carry, then who has waited longest. Among equals what they
    carried of late counts as load.

    Who is only reached by push is asked after all who are connected; who passed it is asked again
    only when all others did too, and it is time to.
    """
    looked = [(each, _excluded(wanted, each)) for each in options]
    free = [each for each, reason in looked if reason is None]
    turn = next((some for some in _turns(wanted, free) if some), free[:0])
    asked = {each.agent_id for each in turn}
    waiting = [each for each in free if each.agent_id not in asked]
    evened = _evened(wanted, turn)
    ranked = sorted((_rank(wanted, each, evened[each.agent_id]), each) for each in turn)
    first = ranked[0][0] if ranked else None
    chosen = [
        _candidate(wanted, each, _lost_by(first, rank), score=rank.score)
        for rank, each in ranked
        if first is not None
    ]
    passed = [
        _candidate(wanted, each, "passed", score=_score(wanted, each))
        for each in waiting
        if each.agent_id in wanted.passed
    ]
    later = [
        _candidate(wanted, each, REACHABLE, score=_score(wanted, each))
        for each in waiting
        if each.agent_id not in wanted.passed
    ]
    kept = sorted(
        (_candidate(wanted, each, reason) for each, reason in looked if reason),
        key=lambda each: (each.reason or "", each.agent_id),
    )
    return Choice(first.agent_id if first else None, (*chosen, *later, *passed, *kept)[:SHOWN])


def _turns(wanted: Wanted, free: Sequence[Option]) -> Iterator[list[Option]]:
    """Whose turn it is: the first of these where there is anybody."""
    there = [each for each in free if not _reached(each)]
    by_push = [each for each in free if _reached(each)]
    for some in (there, by_push):
        yield [each for each in some if each.agent_id not in wanted.passed]
    if wanted.again:
        yield from (there, by_push)


def _reached(option: Option) -> bool:
    return option.kept_by == REACHABLE


def least_full(wanted: Wanted, options: Iterable[Option]) -> Id | None:
    """Whom only their load keeps from what they could carry, and that the least."""
    full = [
        (each.load / max(1, each.capacity), each.agent_id)
        for each in options
        if _excluded(wanted, each) == FULL and each.capacity >= wanted.weight
    ]
    return min(full)[1] if full else None


def _excluded(wanted: Wanted, option: Option) -> str | None:
    if wanted.only and option.agent_id not in wanted.only:
        return "not_named"
    if (lack := lack_of(wanted.skills, option.skills)) is not None:
        return "low_level" if lack.level else "not_skilled"
    if option.kept_by is not None and not (wanted.offered and _reached(option)):
        return option.kept_by
    return FULL if option.load + wanted.weight > option.capacity else None


def _lacking(wanted: Wanted, option: Option) -> float:
    """What their levels lack of the best."""
    if not wanted.skills:
        return 0.0
    return sum(BEST - option.skills[skill] for skill in wanted.skills) / len(wanted.skills)


def _score(wanted: Wanted, option: Option) -> float:
    """The load they would have, in parts of their capacity, and what their levels lack."""
    return (option.load + wanted.weight) / max(1, option.capacity) + LEVEL * _lacking(
        wanted, option
    )


def _evened(wanted: Wanted, options: Sequence[Option]) -> dict[Id, float]:
    """By agent, what they carried more of late than the least of their equals, as it counts.

    Equals are alike in all that comes before load, and in their levels.
    """
    least: dict[tuple[bool, bool, float], float] = {}
    shares: list[tuple[Option, tuple[bool, bool, float], float]] = []
    for each in options:
        alike = (_knows(wanted, each), _speaks(wanted, each), _lacking(wanted, each))
        share = each.carried / max(1, each.capacity)
        shares.append((each, alike, share))
        least[alike] = min(share, least.get(alike, share))
    return {
        each.agent_id: min(AT_MOST / max(1, each.capacity), EVENLY * (share - least[alike]))
        for each, alike, share in shares
    }


def _knows(wanted: Wanted, option: Option) -> bool:
    return option.agent_id == wanted.known_by


def _speaks(wanted: Wanted, option: Option) -> bool:
    return wanted.language is None or wanted.language in option.languages


class _Rank(NamedTuple):
    """What a choice is made by, the lowest first: `score` is `load` and what evens the day out."""

    unknown: bool
    foreign: bool
    score: float
    given_at: Millis
    agent_id: Id
    load: float


def _rank(wanted: Wanted, option: Option, evened: float) -> _Rank:
    load = _score(wanted, option)
    return _Rank(
        unknown=not _knows(wanted, option),
        foreign=not _speaks(wanted, option),
        score=round(load + evened, 6),
        given_at=option.given_at,
        agent_id=option.agent_id,
        load=round(load, 6),
    )


def _lost_by(best: _Rank, other: _Rank) -> str | None:
    """The first of what the choice is made by in which somebody is behind who was chosen."""
    if other.agent_id == best.agent_id:
        return None
    if other.unknown != best.unknown:
        return "does_not_know_them"
    if other.foreign != best.foreign:
        return "other_language"
    if other.score != best.score:
        return "more_load" if other.load > best.load else "carried_more"
    return "less_idle"


def _candidate(
    wanted: Wanted, option: Option, reason: str | None, *, score: float | None = None
) -> Candidate:
    return Candidate(
        agent_id=option.agent_id,
        reason=reason,
        score=None if score is None else round(score, 6),
        load=option.load,
        capacity=option.capacity,
        carried=round(option.carried, 1),
        idle_since=option.given_at,
        language=wanted.language is not None and wanted.language in option.languages,
        reachable=_reached(option),
        knows=_knows(wanted, option),
        lack=lack_of(wanted.skills, option.skills),
    )
