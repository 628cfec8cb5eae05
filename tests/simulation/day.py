"""The day played: people open and answer tickets, and somebody gives them out; what is given is
judged at the moment it is."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from domain.access import DEFAULT_ROLES, Actor
from domain.contact.state import Contact
from domain.errors import DomainError
from domain.inbox.state import Inbox
from domain.leave.state import Leave
from domain.message import ActorKind, Envelope, Id, derived_id
from domain.people.shifts import Shift, Weekday
from domain.people.state import Role, Routing, Skill, SkillLevel, Team, User
from domain.process import WEIGHT
from domain.routing.commands import AcceptOffer, DeclineOffer
from domain.ticket.commands import OpenTicket, Reply, SetStatus
from domain.ticket.state import Status
from domain.workforce.commands import StartBreak
from server.dispatch.dispatcher import Dispatcher
from server.store.connect import Store
from server.store.documents import fields_of, kind_of
from server.store.models import StoredAttendance
from tests.simulation.plan import PLACES, Arrival, Person, Plan

MINUTE = 60_000
MIDNIGHT = 1_796_169_600_000
"""Wednesday, 2 December 2026, UTC."""
AFTER = 420
"""So many minutes are played after the day, for what is left of it."""
_WEEK = tuple(Weekday)


class Clock:
    """The day's own."""

    def __init__(self) -> None:
        self.minute = 0

    def now(self) -> int:
        return MIDNIGHT + self.minute * MINUTE


class Gives(Protocol):
    """A way of giving tickets: one turn of it a minute."""

    async def turn(self, minute: int) -> None: ...


@dataclass
class Case:
    """A ticket's day: to whom it was given, when first, and what is left to do for it."""

    id: Id
    arrival: Arrival
    left: int
    owner: Id | None = None
    first: int | None = None
    offered: Id | None = None
    answered: bool = False
    done: bool = False


@dataclass
class Tally:
    """What is held against a way of giving."""

    given: int = 0
    unavailable: int = 0
    unskilled: int = 0
    overfull: int = 0
    requeued: int = 0
    declined: int = 0
    minutes: defaultdict[Id, int] = field(default_factory=lambda: defaultdict(int))
    carried: defaultdict[Id, int] = field(default_factory=lambda: defaultdict(int))


class Day:
    """The house, its people and its tickets. It hears what every commit says, as a room would."""

    def __init__(self, store: Store, plan: Plan) -> None:
        self.store = store
        self.plan = plan
        self.clock = Clock()
        self.dispatcher = Dispatcher(store, self.clock, self, b"a day" * 8)
        self.people = {each.id: each for each in plan.people}
        self.cases: dict[Id, Case] = {}
        self.active: dict[Id, Case] = {}
        """Those that are not done."""
        self.tally = Tally()
        self.teams = [derived_id("day", str(each), "team") for each in range(plan.teams)]
        self.skills = [derived_id("day", str(each), "skill") for each in range(2 * plan.teams)]
        self._chance = Random(plan.seed + 1)
        self._connected: set[Id] = set()

    def members(self, team: int) -> list[Person]:
        return [each for each in self.plan.people if each.team == team]

    def load_of(self, agent_id: Id) -> int:
        """By the day's own books: what they own and what is held for them."""
        return sum(
            WEIGHT[each.arrival.priority]
            for each in self.active.values()
            if agent_id in (each.owner, each.offered)
        )

    def waiting(self) -> list[Case]:
        """What nobody has, as it came."""
        return [each for each in self.active.values() if not (each.owner or each.offered)]

    def publish(self, envelopes: Sequence[Envelope]) -> None:
        for envelope in envelopes:
            if envelope.room.endswith(":staff"):
                case = self.cases.get(envelope.room.split(":")[1])
                for event in envelope.events if case else ():
                    assert case
                    self._note(case, event)

    def _note(self, case: Case, event: dict[str, Any]) -> None:
        match event["type"]:
            case "ticket.offered":
                self._judge(case, event["agent_id"])
                case.offered = event["agent_id"]
            case "ticket.offer_ended":
                self.tally.declined += event["outcome"] != "accepted"
                case.offered = None
            case "ticket.assigned":
                accepted = case.offered == event["agent_id"]
                if event["agent_id"] and not accepted:
                    self._judge(case, event["agent_id"])
                case.owner = event["agent_id"]
                if case.owner and case.first is None:
                    case.first = self.clock.minute
            case "ticket.requeued":
                self.tally.requeued += 1
            case _:
                pass

    def _judge(self, case: Case, agent_id: Id) -> None:
        """Hold what is given against what is true at this minute."""
        person, arrival = self.people[agent_id], case.arrival
        self.tally.given += 1
        self.tally.unavailable += not person.may_be_given(self.clock.minute)
        unskilled = arrival.skill is not None and arrival.skill not in person.skills
        self.tally.unskilled += unskilled
        load = self.load_of(agent_id) + WEIGHT[arrival.priority]
        self.tally.overfull += load > person.capacity

    async def play(self, gives: Gives) -> Tally:
        """Minute by minute; what is left of the day is worked off after it."""
        arrivals = defaultdict[int, list[tuple[int, Arrival]]](list)
        for number, each in enumerate(self.plan.arrivals):
            arrivals[each.minute].append((number, each))
        first, last = min(arrivals), max(arrivals)
        for minute in range(max(0, first - 1), last + AFTER):
            self.clock.minute = minute
            await self._come_and_go(minute)
            await asyncio.gather(*(self._open(*each) for each in arrivals[minute]))
            await self._answer_offers()
            await gives.turn(minute)
            await self._work(minute, tallied=minute <= last)
            await self.dispatcher.close()
            if minute > last and not self.active:
                break
        return self.tally

    async def _come_and_go(self, minute: int) -> None:
        there = {each.id for each in self.plan.people if each.is_connected(minute)}
        for agent_id in there ^ self._connected:
            told: dict[str, Any] = {"rooms": [], "seq": minute, "load": 0, "capacity": 0}
            state = "online" if agent_id in there else "offline"
            entry = {"state": state, "since": self.clock.now(), **told}
            await self.store[StoredAttendance].replace_one({"_id": agent_id}, entry, upsert=True)
        self._connected = there
        for person in self.plan.people:
            for start, end in person.breaks:
                if start == minute:
                    command = StartBreak(
                        command_id=self._id("break", person.id, minute),
                        agent_id=person.id,
                        minutes=end - start,
                    )
                    await self.dispatcher.dispatch(command, _staff(person, self.teams))

    async def _open(self, number: int, arrival: Arrival) -> None:
        name = self._id("open", "", number)
        contact = derived_id("day", str(arrival.contact), "contact")
        client = Actor(
            kind=ActorKind.AGENT,
            id=derived_id("day", "desk", "user"),
            user_id=derived_id("day", "desk", "user"),
            role="supervisor",
            permissions=DEFAULT_ROLES["supervisor"],
        )
        command = OpenTicket(
            command_id=name,
            title=f"Ticket {number}",
            body="Please help.",
            priority=arrival.priority,
            inbox_id=derived_id("day", str(arrival.team), "inbox"),
            requester_id=contact,
            required_skills=() if arrival.skill is None else (self.skills[arrival.skill],),
        )
        ticket_id = derived_id(client.id, name, "ticket")
        self.cases[ticket_id] = self.active[ticket_id] = Case(ticket_id, arrival, arrival.work)
        await self.dispatcher.dispatch(command, client)

    async def _answer_offers(self) -> None:
        """Most accept, some decline, some let it run out."""
        for case in list(self.active.values()):
            if case.offered is None:
                continue
            person, drawn = self.people[case.offered], self._chance.random()
            if not person.works(self.clock.minute) or drawn > 0.95:
                continue
            kind = AcceptOffer if drawn < 0.85 else DeclineOffer
            name = self._id(kind.__name__, case.id, self.clock.minute)
            with _refusals():
                await self.dispatcher.dispatch(
                    kind(command_id=name, ticket_id=case.id), _staff(person, self.teams)
                )

    async def _work(self, minute: int, *, tallied: bool) -> None:
        """Everybody at work gets on with all they have. What is left after the day is tallied no
        more: nothing comes by which it could be evened out."""
        working = {each.id for each in self.plan.people if each.works(minute)}
        for agent_id in working if tallied else ():
            self.tally.minutes[agent_id] += 1
            self.tally.carried[agent_id] += self.load_of(agent_id)
        for case in list(self.active.values()):
            if case.owner not in working:
                continue
            case.left -= 1
            actor = _staff(self.people[case.owner or ""], self.teams)
            if not case.answered and case.arrival.work - case.left >= case.arrival.answer:
                case.answered = True
                name = self._id("reply", case.id, minute)
                await self.dispatcher.dispatch(
                    Reply(command_id=name, ticket_id=case.id, body="I see."), actor
                )
            if case.left <= 0:
                case.done = True
                del self.active[case.id]
                name = self._id("resolve", case.id, minute)
                await self.dispatcher.dispatch(
                    SetStatus(command_id=name, ticket_id=case.id, status=Status.RESOLVED), actor
                )

    def _id(self, what: str, whom: str, at: int) -> str:
        return derived_id(f"{what} {whom}", str(at), "command")


class _refusals:
    """What came too late is refused, as it should be."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        return kind is not None and issubclass(kind, DomainError)


def _staff(person: Person, teams: Sequence[Id]) -> Actor:
    return Actor(
        kind=ActorKind.AGENT,
        id=person.id,
        user_id=person.id,
        team_ids=frozenset({teams[person.team]}),
        role="agent",
        permissions=DEFAULT_ROLES["agent"],
    )


async def _put(store: Store, document: Any) -> None:
    await store[kind_of(type(document)).model].insert_one(
        {"_id": document.id, "version": 1, **fields_of(document), "pending": []}
    )


async def furnish(day: Day) -> None:
    """The house as people would have entered it."""
    store = day.store
    for name, permissions in DEFAULT_ROLES.items():
        role_id = derived_id("day", name, "role")
        staff = name != "client"
        await _put(
            store,
            Role(id=role_id, name=name, title=name, staff=staff, permissions=permissions),
        )
    for number, skill_id in enumerate(day.skills):
        await _put(store, Skill(id=skill_id, name=f"skill {number}"))
    for number, team_id in enumerate(day.teams):
        members = tuple(each.id for each in day.members(number))
        routing = Routing.OFFER if number % 3 == 2 else Routing.ASSIGN
        await _put(
            store,
            Team(
                id=team_id,
                name=f"team {number}",
                member_ids=members,
                routing=routing,
                offer_seconds=120,
            ),
        )
        inbox_id = derived_id("day", str(number), "inbox")
        await _put(store, Inbox(id=inbox_id, name=f"inbox {number}", team_id=team_id))
    for contact in sorted({each.contact for each in day.plan.arrivals}):
        await _put(
            store, Contact(id=derived_id("day", str(contact), "contact"), name=f"c{contact}")
        )
    for number, person in enumerate(day.plan.people):
        await _put(store, _user(number, person, day.skills))
        for start, end in person.leave:
            leave_id = derived_id(person.id, str(start), "leave")
            first, last = (MIDNIGHT + each * MINUTE for each in (start, end))
            await _put(store, Leave(id=leave_id, user_id=person.id, start=first, end=last))


def _user(number: int, person: Person, skills: Sequence[Id]) -> User:
    place = PLACES[person.place]
    return User(
        id=person.id,
        email=f"p{number}@day.test",
        name=f"p{number}",
        role="agent",
        capacity=person.capacity,
        zone=place.zone,
        shifts=(Shift(days=_WEEK, start=place.start, end=place.end),),
        breaks=(Shift(days=_WEEK, start=place.lunch[0], end=place.lunch[1]),),
        skills=tuple(
            SkillLevel(skill_id=skills[skill], level=level)
            for skill, level in person.skills.items()
        ),
    )
