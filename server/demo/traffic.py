"""`python -m server.demo.traffic`: simulated people at real sockets, while the demo wants them.

They are customers and agents of the company, never those whom a visitor may be. Their tickets
carry the tag `simulated`; where a real person takes part, they leave.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
from pymongo.errors import PyMongoError

from domain.errors import DomainError
from domain.people.shifts import Duty, duty
from domain.people.state import Routing, Team, User
from server.composition import Parts, compose
from server.demo.answering import Answering
from server.demo.backlog import Backlog
from server.demo.content import load_company
from server.demo.desk import Desk, Takers
from server.demo.member import Away, Member, Refused
from server.demo.month import dealt
from server.demo.notes import Notes
from server.demo.offers import Answers
from server.demo.people import LOG_INS
from server.demo.places import move_in, regulars
from server.demo.plot import Cast
from server.demo.pulse import tell_people
from server.demo.roster import next_agent, next_customer
from server.demo.shapes import Agent, Customer, Exchange
from server.demo.talk import Interrupted, Talk
from server.demo.tidying import tidy
from server.processes.nodes import LOCAL
from server.repeating import for_ever
from server.settings import Settings
from server.start import start
from server.store.documents import fetch, fetch_many

logger = logging.getLogger(__name__)

DESKS = 4
"""How many agents are there at a time, at most."""
TALKS = 3
"""How many conversations go on at a time, at most."""
STAY = (240.0, 540.0)
BETWEEN = (240.0, 480.0)
FIRST = (0.0, 6.0)
"""Seconds: how long an agent stays at most, between two conversations, before the first."""
LOOK_SECONDS = 1.0
BACKLOG_SECONDS = 20.0
TIDY_SECONDS = 60.0
AFTER_FAILURE_SECONDS = 5.0


class Traffic:
    """Who is about, and what they do."""

    def __init__(self, parts: Parts, cast: Cast, http: aiohttp.ClientSession) -> None:
        self._parts, self._cast, self._http = parts, cast, http
        settings = parts.settings
        host = LOCAL.get(settings.host, settings.host)
        self._address = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
        self._notes = Notes(parts.store)
        self._chance = random.Random()
        self._deck = dealt(self._chance)
        self._about: set[str] = set()
        self._left: dict[str, float] = {}
        """When whoever was here went."""
        self._desks: dict[str, Desk] = {}
        self._takers = Takers()
        self._life: asyncio.Task[None] | None = None

    async def look(self) -> None:
        """Let people come or go as the demo wants it, and say how many there are."""
        wanted = await self._notes.traffic_on()
        if self._life is not None and self._life.done():
            logger.error("everybody left, and comes again: %r", self._life.exception())
            self._life = None
        if wanted and self._life is None:
            self._life = asyncio.create_task(self._live())
        if not wanted and self._life is not None:
            await self.stop()
        await tell_people(self._parts.redis, len(self._about))

    async def stop(self) -> None:
        """Everybody leaves."""
        if self._life is not None:
            self._life.cancel()
            await asyncio.wait([self._life])
            self._life = None

    async def _live(self) -> None:
        about = (self._parts, self._cast, self._agents_of, self._chance)
        answering, backlog = Answering(*about), Backlog(*about)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(DESKS):
                tasks.create_task(self._again(self._work))
            for _ in range(TALKS):
                tasks.create_task(self._again(self._talk))
            tasks.create_task(for_ever("answering", answering.look, 5.0))
            tasks.create_task(for_ever("backlog", backlog.look, BACKLOG_SECONDS))
            tasks.create_task(for_ever("tidying", lambda: tidy(self._parts), TIDY_SECONDS))

    async def _again(self, act: Callable[[], Awaitable[None]]) -> None:
        await self._rest(FIRST)
        while True:
            try:
                await act()
            except (Interrupted, Refused, Away, DomainError, PyMongoError) as error:
                logger.info("somebody stops: %r", error)
                await asyncio.sleep(AFTER_FAILURE_SECONDS)

    async def _work(self) -> None:
        """Some time of an agent who is not there yet; nobody leaves amid a conversation."""
        duties = await self._duties()
        on_shift = {key for key, each in duties.items() if each.on}
        agents = [each for each in self._agents() if each.key in duties]
        agent = next_agent(agents, here=self._about, on_shift=on_shift, chance=self._chance)
        if agent is None:
            await asyncio.sleep(LOOK_SECONDS)
            return
        async with self._entered(agent) as member:
            desk = Desk(member, agent, on_shift=agent.key in on_shift)
            answers = Answers(self._parts, self._cast, desk, self._takers, self._chance)
            await answers.begin()
            answering = asyncio.create_task(for_ever("offers", answers.next, 0.0))
            try:
                await self._stay(desk, duties[agent.key])
                await desk.idle.wait()
            finally:
                answering.cancel()

    async def _talk(self) -> None:
        """A customer with a question, and an agent of the team that answers it."""
        exchange = next(self._deck)
        desks = self._desks_for(exchange)
        routed = await self._is_routed(exchange)
        if routed:  # Nobody is given anything outside of their hours.
            desks = [each for each in desks if each.on_shift]
        desk = min(desks, key=lambda each: each.talks, default=None)
        customer = next_customer(
            regulars(load_company()),
            language=exchange.language,
            here=self._about,
            left=self._left,
            chance=self._chance,
        )
        if desk is None or customer is None:
            await asyncio.sleep(LOOK_SECONDS)
            return
        with desk.taken():
            async with self._entered(customer) as member:
                about = (self._cast, exchange, self._chance, self._takers)
                await Talk(*about, routed=routed).play(member, desk)
        await self._rest(BETWEEN)

    @asynccontextmanager
    async def _entered(self, person: Agent | Customer) -> AsyncGenerator[Member]:
        email = person.email if isinstance(person, Agent) else person.emails[0]
        member = Member(person.key, email, self._address, self._http)
        self._about.add(person.key)
        try:
            async with member.present():
                yield member
        finally:
            self._about.remove(person.key)
            self._left[person.key] = time.monotonic()

    async def _stay(self, desk: Desk, duty: Duty) -> None:
        """Be there for new ones; not beyond the end of one's shift, but who stands in."""
        seconds = self._chance.uniform(*STAY)
        if duty.on and duty.until is not None:
            seconds = min(seconds, max(0, duty.until - self._parts.clock.now()) / 1000)
        self._desks[desk.agent.key] = desk
        try:
            await asyncio.sleep(seconds)
        finally:
            del self._desks[desk.agent.key]

    async def _duties(self) -> dict[str, Duty]:
        """By key, whether the agents who work here are on shift, and until when."""
        cast, now = self._cast.agents, self._parts.clock.now()
        users = await fetch_many(self._parts.store, User, cast.values())
        there = {key: users[each] for key, each in cast.items() if each in users}
        return {key: duty(each.shifts, each.zone, now) for key, each in there.items()}

    def _agents(self) -> list[Agent]:
        return [each for each in load_company().agents if each.key not in LOG_INS]

    def _desks_for(self, exchange: Exchange) -> list[Desk]:
        return self._desks_of(self._team_of(exchange), exchange.language)

    def _team_of(self, exchange: Exchange) -> str:
        teams = {each.key: each.team for each in self._cast.house.categories}
        return teams[exchange.category]

    async def _is_routed(self, exchange: Exchange) -> bool:
        """Whether the tickets of its team are offered, as an admin has it now."""
        team = await fetch(self._parts.store, Team, self._cast.teams[self._team_of(exchange)])
        return team is not None and team.routing is Routing.OFFER

    def _desks_of(self, team: str, language: str) -> list[Desk]:
        keys = {e.key for e in self._agents() if team in e.teams and language in e.languages}
        return [desk for key, desk in self._desks.items() if key in keys]

    def _agents_of(self, team: str, language: str) -> list[Member]:
        return [desk.agent for desk in self._desks_of(team, language)]

    async def _rest(self, between: tuple[float, float]) -> None:
        await asyncio.sleep(self._chance.uniform(*between))


async def run(settings: Settings) -> None:
    """Until the demo ends."""
    os.nice(5)  # Who looks around comes first.
    async with compose(settings) as parts, aiohttp.ClientSession() as http:
        traffic = Traffic(parts, (await move_in(parts)).cast, http)
        print("ready", flush=True)
        try:
            await for_ever("traffic", traffic.look, LOOK_SECONDS)
        finally:
            await traffic.stop()


if __name__ == "__main__":
    start(run)
