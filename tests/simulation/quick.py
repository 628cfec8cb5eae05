"""The day as arithmetic: the same plan and the same rule of choice without a store, in a second.

Leave, offers and handing over are left out: it is for what the choice alone makes of a day.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from domain.message import Id, derived_id
from domain.process import WEIGHT
from domain.routing.choose import Option, Wanted, choose, least_full
from domain.routing.queue import HEAD_START
from domain.workforce.lately import carried
from domain.workforce.state import Lately
from tests.simulation.plan import Arrival, Person, Plan

MINUTE = 60_000


def _skill(number: int) -> Id:
    return derived_id("day", str(number), "skill")


@dataclass
class _Desk:
    """What somebody carries, and carried."""

    person: Person
    load: int = 0
    given_at: int = 0
    lately: Lately = field(default_factory=Lately)
    minutes: int = 0
    carried: int = 0

    def option(self, *, evenly: bool) -> Option:
        return Option(
            agent_id=self.person.id,
            load=self.load,
            capacity=self.person.capacity,
            skills={_skill(skill): level for skill, level in self.person.skills.items()},
            given_at=self.given_at,
            carried=self.lately.load if evenly else 0.0,
        )


@dataclass
class _Case:
    arrival: Arrival
    number: int
    left: int
    owner: _Desk | None = None


def fairness(plan: Plan, *, evenly: bool = True) -> list[float]:
    """For each group of equals, the most over the least average load at work; with `evenly` false,
    as if nobody knew what was carried of late."""
    desks = {each.id: _Desk(each) for each in plan.people}
    arrivals = sorted(enumerate(plan.arrivals), key=lambda each: each[1].minute, reverse=True)
    active: list[_Case] = []
    for minute in range(plan.arrivals[-1].minute + 1):
        while arrivals and arrivals[-1][1].minute <= minute:
            number, arrival = arrivals.pop()
            active.append(_Case(arrival, number, arrival.work))
        _give(plan, desks, active, minute, evenly=evenly)
        active = _work(desks, active, minute)
    groups: defaultdict[object, list[float]] = defaultdict(list)
    for desk in desks.values():
        person = desk.person
        if person.undisturbed and desk.minutes:
            alike = (person.team, person.place, tuple(person.skills.items()))
            groups[alike].append(desk.carried / desk.minutes)
    return sorted(max(each) / min(each) for each in groups.values() if len(each) > 1)


def _give(
    plan: Plan, desks: dict[str, _Desk], active: list[_Case], minute: int, *, evenly: bool
) -> None:
    for team in range(plan.teams):
        free = {
            each.id: desks[each.id].option(evenly=evenly)
            for each in plan.people
            if each.team == team and each.may_be_given(minute)
        }
        waiting = [each for each in active if each.owner is None and each.arrival.team == team]
        for case in sorted(waiting, key=_place):
            if all(each.load >= each.capacity for each in free.values()):
                break
            skill = case.arrival.skill
            wanted = Wanted(
                WEIGHT[case.arrival.priority], {} if skill is None else {_skill(skill): 1}
            )
            agent_id = choose(wanted, free.values()).agent_id
            if agent_id is None:
                free.pop(least_full(wanted, free.values()) or "", None)
                continue
            desk = case.owner = desks[agent_id]
            desk.load += wanted.weight
            desk.given_at = minute + 1
            free[agent_id] = desk.option(evenly=evenly)


def _place(case: _Case) -> tuple[int, int]:
    return case.arrival.minute * MINUTE - HEAD_START[case.arrival.priority], case.number


def _work(desks: dict[str, _Desk], active: list[_Case], minute: int) -> list[_Case]:
    """Everybody at work gets on with all they have; what is left of it."""
    working = {each.person.id for each in desks.values() if each.person.works(minute)}
    for desk in (desks[each] for each in working):
        desk.lately = carried(desk.lately, desk.load, MINUTE)
        desk.minutes += 1
        desk.carried += desk.load
    for case in active:
        if case.owner is not None and case.owner.person.id in working:
            case.left -= 1
            if case.left <= 0:
                case.owner.load -= WEIGHT[case.arrival.priority]
    return [each for each in active if each.left > 0]
