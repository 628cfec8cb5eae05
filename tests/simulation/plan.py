"""What happens on the day: who works when, who comes with what. Drawn from a seed, so that each way
of giving tickets has the very same day.

The product is told shifts, zones and breaks as people would enter them; what is true at a minute
is worked out here in another way, on one clock, to judge it by.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple
from uuid import UUID

from domain.ticket.state import Priority

DAY = 1440
LAST_CALL = 15
Minutes = tuple[int, int]
"""From a minute of the day on, in UTC, to one that is not in it any more."""


class Place(NamedTuple):
    """A zone, the shift that is worked there, and the same in minutes UTC; none has a change of
    the clocks near that day."""

    zone: str
    start: str
    end: str
    utc: Minutes
    lunch: tuple[str, str]
    lunch_utc: Minutes


PLACES = (
    Place("Asia/Tokyo", "07:15", "15:45", (-105, 405), ("11:30", "12:00"), (150, 180)),
    Place("Europe/Madrid", "07:30", "15:30", (390, 870), ("12:00", "12:30"), (660, 690)),
    Place("America/New_York", "09:00", "17:45", (840, 1365), ("13:00", "13:30"), (1080, 1110)),
)


@dataclass
class Person:
    """Somebody's day. `at_work` are their shifts, `lunch` planned and `breaks` taken; `vanished`
    is when their connection is gone; `leave` a calendar entry within their shift."""

    id: str
    team: int
    place: int
    skills: dict[int, int]
    capacity: int
    at_work: list[Minutes]
    lunch: list[Minutes]
    breaks: list[Minutes] = field(default_factory=list[Minutes])
    vanished: list[Minutes] = field(default_factory=list[Minutes])
    leave: list[Minutes] = field(default_factory=list[Minutes])

    def is_connected(self, minute: int) -> bool:
        return _within(self.at_work, minute) and not _within(self.vanished, minute)

    def works(self, minute: int) -> bool:
        """Whether they get on with their tickets."""
        absent = (*self.lunch, *self.breaks, *self.leave)
        return self.is_connected(minute) and not _within(absent, minute)

    def may_be_given(self, minute: int) -> bool:
        """Whether it is right to give them something."""
        return self.works(minute) and any(
            start <= minute < end - LAST_CALL for start, end in self.at_work
        )

    @property
    def undisturbed(self) -> bool:
        """Whether they can be compared with their equals."""
        return not self.vanished and not self.leave


class Arrival(NamedTuple):
    """A ticket that comes. `work` is how many minutes of somebody's attention it takes, `answer`
    after how many of them they first write."""

    minute: int
    team: int
    contact: int
    priority: Priority
    skill: int | None
    work: int
    answer: int


@dataclass
class Plan:
    teams: int
    people: list[Person]
    arrivals: list[Arrival]
    seed: int


def draw(seed: int, teams: int, people: int, tickets: int, within: Minutes = (0, DAY)) -> Plan:
    """The day of a seed; with `within`, what comes does so in these minutes of it."""
    chance = Random(seed)
    staff = [_person(chance, each, teams) for each in range(people)]
    arrivals = sorted(_arrival(chance, each, teams, within) for each in range(tickets))
    return Plan(teams, staff, arrivals, seed)


def _person(chance: Random, number: int, teams: int) -> Person:
    cell = number % (teams * len(PLACES))
    team, where = cell % teams, cell // teams
    place = PLACES[where]
    at_work = [place.utc, (place.utc[0] + DAY, place.utc[1] + DAY)]
    lunch = [place.lunch_utc, (place.lunch_utc[0] + DAY, place.lunch_utc[1] + DAY)]
    person = Person(
        id=str(UUID(int=chance.getrandbits(128), version=4)),
        team=team,
        place=where,
        skills={2 * team: 3, 2 * team + 1: 3} if number % 5 else {2 * team: 4},
        capacity=12,
        at_work=at_work,
        lunch=lunch,
    )
    start, end = max(0, place.utc[0]), min(DAY, place.utc[1])
    begin = chance.randrange(start + 60, end - 90)
    person.breaks.append((begin, begin + 15))
    if chance.random() < 0.15:
        begin = chance.randrange(start + 30, end - 120)
        person.vanished.append((begin, begin + chance.randrange(5, 60)))
    elif chance.random() < 0.06:
        begin = chance.randrange(start + 30, end - 120)
        person.leave.append((begin, end))
    return person


_PRIORITIES = (Priority.LOW, Priority.MEDIUM, Priority.HIGH, Priority.URGENT)


def _arrival(chance: Random, number: int, teams: int, within: Minutes) -> Arrival:
    busy, (first, last) = chance.random() < 0.5, within
    rush = (max(first, 480), min(last, 1200))
    minute = chance.randrange(*rush) if busy else chance.randrange(first, last)
    team = chance.randrange(teams)
    work = max(3, min(90, round(chance.lognormvariate(2.9, 0.5))))
    return Arrival(
        minute=minute,
        team=team,
        contact=number if chance.random() < 0.85 else chance.randrange(1 + number),
        priority=chance.choices(_PRIORITIES, (30, 40, 20, 10))[0],
        skill=2 * team + chance.randrange(2) if chance.random() < 0.4 else None,
        work=work,
        answer=max(1, work // 3),
    )


def _within(spans: list[Minutes] | tuple[Minutes, ...], minute: int) -> bool:
    return any(start <= minute < end for start, end in spans)
