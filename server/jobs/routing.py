"""The router: gives what waits to who is free, in order, one worker at a time. What it waits for
marks it; every second it looks anyway.

Who is chosen is decided on what was read a moment ago; whether they can have it, their own stream
decides. So it does no harm where two of them run, or one dies within a step: a ticket that does
not wait any more is given to nobody, and capacity that was held for it is let go.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from pymongo import ASCENDING

from domain.access import Actor
from domain.contact.state import Contact
from domain.errors import DomainError
from domain.inbox.state import Category
from domain.message import ActorKind, Id, Millis
from domain.people.state import Routing, Team
from domain.ports import Clock, Dispatch
from domain.process import WEIGHT
from domain.routing.choose import Choice, Option, Wanted, choose, least_full
from domain.routing.commands import OfferTicket, RouteTicket
from domain.routing.needs import needs_of
from domain.routing.queue import in_order, is_waiting
from domain.ticket.state import Ticket
from domain.workforce.availability import Reason
from domain.workforce.lately import lately
from server.repeating import for_ever
from server.store.connect import Raw, Store
from server.store.documents import fetch_many, find
from server.store.leases import Leases
from server.store.models import TicketHeader
from server.store.queues import QUEUED
from server.store.roster import Colleague, load_roster, members_of
from server.store.tickets import load_ticket

logger = logging.getLogger(__name__)

LEASE = "routing"
LEASE_MS = 3_000
EVERY_SECONDS = 1.0
AGAIN_SECONDS = 0.1
"""Until the next try, where another worker has the turn."""
LEAST_SECONDS = 0.02
"""Between two rounds; as long as one took, where that is more: in a rush it is marked always."""
MOST = 200
"""Somebody is asked to take so many of a team's tickets in one round, the first in order."""
AGAIN_MS: Millis = 180_000
"""Who passed a ticket is asked once more so long after it was offered last, where all passed it."""
TRIES = 3
"""So many of the chosen are asked for one ticket in one round, where the first cannot have it."""
ROUTER = Actor(kind=ActorKind.SYSTEM, id="routing")

Needs = tuple[int, frozenset[tuple[Id, int]], frozenset[Id], frozenset[Id], bool]
"""What tickets are alike in that are for the same people: weight, skills, and whom they leave."""
Shape = tuple[int, int]
"""The seq and version of a header: while they stay, so does what it says."""


@dataclass(frozen=True)
class Round:
    """What one round goes by: read once, and kept up to date with what it gives itself."""

    now: Millis
    options: dict[Id, Option]
    members: Mapping[Id, Sequence[Id]]
    """By team, who is in it."""
    categories: Mapping[Id, Category]
    offering: Collection[Id] = ()
    """The teams that offer their tickets."""
    contacts: dict[Id, Contact] = field(default_factory=dict[Id, Contact])
    known: dict[Id, Id] = field(default_factory=dict[Id, Id])
    """By requester, who had their last ticket."""

    def wanted(self, ticket: Ticket) -> Wanted:
        """What a ticket asks of who gets it."""
        private = ticket.private
        category = self.categories.get(ticket.category or "")
        return Wanted(
            weight=WEIGHT[ticket.priority],
            skills=needs_of(ticket, category),
            language=language_of(ticket, self.contacts.get(ticket.requester_id or "")),
            only=frozenset(category.member_ids if category else ()),
            passed=frozenset(private.passed if private else ()),
            again=private is None or private.why is None or self.now - private.why.at >= AGAIN_MS,
            offered=ticket.team_id in self.offering,
            known_by=self.known.get(ticket.requester_id or ""),
        )

    def needs(self, ticket: Ticket) -> Needs:
        """Where nobody can take one ticket, nobody can take another that has the same."""
        wanted = self.wanted(ticket)
        skills = frozenset(wanted.skills.items())
        return wanted.weight, skills, wanted.only, wanted.passed, wanted.again

    def choose(self, ticket: Ticket, besides: Collection[Id] = ()) -> Choice:
        """Whose turn it is, and why nobody else's."""
        return choose(self.wanted(ticket), self._asked(ticket, besides))

    def least_full(self, ticket: Ticket, besides: Collection[Id]) -> Id | None:
        """Whom only their load keeps from a ticket, and that the least."""
        return least_full(self.wanted(ticket), self._asked(ticket, besides))

    def gave(self, agent_id: Id, ticket: Ticket) -> None:
        """Somebody carries more by now."""
        before = self.options[agent_id]
        load = before.load + WEIGHT[ticket.priority]
        self.options[agent_id] = before._replace(load=load, given_at=self.now)

    def _asked(self, ticket: Ticket, besides: Collection[Id]) -> list[Option]:
        team = self.members.get(ticket.team_id or "", ())
        return [self.options[each] for each in team if each not in besides]


def option_of(each: Colleague, now: Millis) -> Option:
    """A colleague as the choice sees them."""
    found = each.availability(now, weight=0)
    return Option(
        agent_id=each.user.id,
        load=each.agent.load,
        capacity=each.user.capacity,
        kept_by=None if found.reason is Reason.AVAILABLE else found.reason.value,
        skills={level.skill_id: level.level for level in each.user.skills},
        languages=each.user.languages,
        given_at=each.agent.given_at,
        carried=lately(each.agent, each.user, now).load,
    )


def language_of(ticket: Ticket, contact: Contact | None) -> str | None:
    """The language of a ticket: its field `language`, or the requester's tag `lang:<code>`."""
    named = ticket.private.fields.get("language") if ticket.private else None
    if isinstance(named, str) and named:
        return named.lower()
    tags = contact.tags if contact else ()
    return next((tag[5:].lower() for tag in tags if tag.lower().startswith("lang:")), None)


async def routed_teams(store: Store) -> list[Team]:
    """The teams whose tickets are not taken and given by hand only."""
    return await find(store, Team, {"state.routing": {"$ne": Routing.MANUAL.value}})


class WaitingTickets:
    """What waits in teams, for who looks often: a ticket that is as it was is not read again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[Id, tuple[Shape, Ticket]] = {}

    async def load(self, team_ids: Sequence[Id]) -> list[Ticket]:
        """What waits in teams, offered or not, as last kept, the first in order first."""
        found = await self._shapes(team_ids)
        known = {
            ticket_id: kept
            for ticket_id, kept in self._known.items()
            if found.get(ticket_id) == kept[0]
        }
        if changed := list(found.keys() - known.keys()):
            async for raw in self._store[TicketHeader].find({"_id": {"$in": changed}}):
                known[raw["_id"]] = (_shape(raw), await load_ticket(self._store, raw))
        self._known = known
        return in_order(ticket for _, ticket in known.values())

    async def _shapes(self, team_ids: Sequence[Id]) -> dict[Id, Shape]:
        """Of all that waits, however much: who is first stands anywhere in the order of time."""
        where = {"state.team_id": {"$in": list(team_ids)}, "listed": True, **QUEUED}
        found = self._store[TicketHeader].find(where, {"seq": 1, "version": 1})
        # By what waits; by their teams, all that was ever theirs would be looked through.
        few = found.hint([("state.private.queued_at", ASCENDING)])
        return {raw["_id"]: _shape(raw) async for raw in few}


def _shape(raw: Raw) -> Shape:
    return raw["seq"], raw["version"]


async def load_queues(store: Store, team_ids: Sequence[Id]) -> list[Ticket]:
    """What waits in teams, offered or not, as last kept, the first in order first."""
    return await WaitingTickets(store).load(team_ids)


async def load_round(
    store: Store, now: Millis, roster: Mapping[Id, Colleague], tickets: Sequence[Ticket]
) -> Round:
    """What the choice for these tickets goes by."""
    teams = await fetch_many(store, Team, {each.team_id for each in tickets if each.team_id})
    looked = await _load_team_side(store, now, roster, teams.values(), tickets)
    await _load_requesters(store, looked, tickets)
    return looked


async def _load_team_side(
    store: Store,
    now: Millis,
    roster: Mapping[Id, Colleague],
    teams: Iterable[Team],
    tickets: Sequence[Ticket],
) -> Round:
    """All but who asks: enough to tell that nobody can take a ticket. `teams` are theirs."""
    some = tuple(teams)
    return Round(
        now=now,
        options={each.user.id: option_of(each, now) for each in roster.values()},
        members={team.id: [each.user.id for each in members_of(roster, team.id)] for team in some},
        categories=await fetch_many(
            store, Category, {each.category for each in tickets if each.category}
        ),
        offering=frozenset(each.id for each in some if each.routing is Routing.OFFER),
    )


async def _load_requesters(store: Store, looked: Round, tickets: Iterable[Ticket]) -> None:
    requesters = {each.requester_id for each in tickets if each.requester_id}
    looked.contacts.update(await fetch_many(store, Contact, requesters))
    looked.known.update(await _known(store, requesters))


class Router:
    """Routes all teams whose routing is not by hand."""

    def __init__(self, store: Store, leases: Leases, dispatch: Dispatch, clock: Clock) -> None:
        self._store = store
        self._leases = leases
        self._dispatch = dispatch
        self._clock = clock
        self._waiting = WaitingTickets(store)
        self._marked = asyncio.Event()

    def marked(self) -> None:
        """Something came to wait, or somebody has room: look soon."""
        self._marked.set()

    async def run(self) -> None:
        """Route for ever."""
        await for_ever("routing", self._look, EVERY_SECONDS, self._marked)

    async def _look(self) -> None:
        began = time.monotonic()
        if await self.route() is None:
            self.marked()  # Who has the turn may have read before what this one was marked for.
            await asyncio.sleep(AGAIN_SECONDS)
        else:
            await asyncio.sleep(rest_after(time.monotonic() - began))

    async def route(self) -> int | None:
        """One round; how many tickets were given or offered, None while another has the turn."""
        async with self._leases.turn(LEASE, LEASE_MS) as mine:
            return await self.round() if mine else None

    async def round(self) -> int:
        """One round without asking whether another has the turn."""
        teams = {team.id: team for team in await routed_teams(self._store)}
        queued = await self._waiting.load(list(teams)) if teams else []
        waiting = list(filter(is_waiting, queued))
        if not waiting:
            return 0
        now = self._clock.now()
        roster = await load_roster(self._store, now, teams.values())
        near = [each for each in roster.values() if each.availability(now, weight=0).may_be_offered]
        by_team: dict[Id, list[Ticket]] = {
            team_id: [] for each in near for team_id in each.team_ids
        }
        for ticket in waiting:
            if (some := by_team.get(ticket.team_id or "")) is not None:
                some.append(ticket)
        tickets = [ticket for some in by_team.values() for ticket in some]
        if not tickets:  # Nobody is there whom it would have to be found out for.
            return 0
        looked = await _load_team_side(self._store, now, roster, teams.values(), tickets)
        given = await asyncio.gather(
            *(self._team(teams[each], looked, some) for each, some in by_team.items() if some)
        )
        return sum(given)

    async def _team(self, team: Team, looked: Round, tickets: Sequence[Ticket]) -> int:
        """In order; where all are too full for one, whoever of them carries least is kept free for
        it, or what is lighter and comes later would take the room each time. What nobody can take
        holds up nothing but what needs the same."""
        given = asked = 0
        kept: set[Id] = set()
        nobodys: set[Needs] = set()
        left = (each for each in tickets if looked.needs(each) not in nobodys)
        while asked < MOST and (some := list(islice(left, MOST - asked))):
            await _load_requesters(self._store, looked, some)
            for ticket in some:
                if looked.needs(ticket) in nobodys:
                    continue
                choice = looked.choose(ticket, kept)
                asked += choice.agent_id is not None
                if await self._give(team, looked, ticket, choice, kept):
                    given += 1
                elif (least := looked.least_full(ticket, kept)) is not None:
                    kept.add(least)
                elif choice.agent_id is None:
                    nobodys.add(looked.needs(ticket))
        return given

    async def _give(
        self, team: Team, looked: Round, ticket: Ticket, choice: Choice, kept: Collection[Id]
    ) -> bool:
        """Give one ticket to the first of the chosen who can have it."""
        refused: set[Id] = set(kept)
        for _ in range(TRIES):
            if choice.agent_id is None:
                return False
            command = _command(team, ticket, choice, choice.agent_id, looked.now)
            looked.gave(choice.agent_id, ticket)
            try:
                await self._dispatch.dispatch(command, ROUTER)
                return True
            except DomainError as error:
                logger.info("ticket %s is not given yet: %s", ticket.id, error)
                refused.add(choice.agent_id)
                choice = looked.choose(ticket, refused)
        return False


def rest_after(took: float) -> float:
    """Seconds until the next round at the earliest."""
    return min(max(LEAST_SECONDS, took), EVERY_SECONDS)


def _command(
    team: Team, ticket: Ticket, choice: Choice, agent_id: Id, now: Millis
) -> OfferTicket | RouteTicket:
    """The moment is part of the id: who could not have it then is asked anew."""
    fields: dict[str, Any] = {
        "command_id": f"route:ticket:{ticket.id}:{ticket.seq}:{agent_id}:{now}",
        "ticket_id": ticket.id,
        "agent_id": agent_id,
        "candidates": choice.candidates,
    }
    if team.routing is Routing.ASSIGN:
        return RouteTicket(**fields)
    return OfferTicket(**fields, seconds=team.offer_seconds)


async def _known(store: Store, requesters: Iterable[Id]) -> dict[Id, Id]:
    where = {"state.requester_id": {"$in": list(requesters)}, "state.owner_id": {"$gt": ""}}
    fields = {"state.requester_id": 1, "state.owner_id": 1}
    found = store[TicketHeader].find({**where, "listed": True}, fields).sort("state.number", 1)
    return {raw["state"]["requester_id"]: raw["state"]["owner_id"] async for raw in found}
