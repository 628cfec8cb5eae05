"""Offers of the days before now: a ticket of a routed team went round until somebody took it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from domain.access import Actor
from domain.errors import Conflict
from domain.message import Command, Id, Millis
from domain.people.state import Routing, Team
from domain.routing.commands import AcceptOffer, DeclineOffer, OfferTicket
from domain.routing.queue import is_waiting
from domain.ticket.state import Ticket
from server.composition import Parts
from server.demo.marks import demo_id
from server.demo.places import Company
from server.demo.plot import key_of
from server.jobs.routing import ROUTER, load_round
from server.store.attendance import Nearness
from server.store.connect import Store
from server.store.documents import fetch
from server.store.roster import load_roster

MOST = 3
"""So many are asked at most; where the one of the story is not among them, they take it by hand."""
EACH: Millis = 25_000
THINKS: Millis = 11_000
"""From one offer to the next, and until somebody declines."""

Send = Callable[[Command, Actor, Millis], Awaitable[object]]


async def was_there(_store: Store, _agent_id: Id) -> Nearness:
    """Nobody wrote down who was connected then; whoever was on shift was there."""
    return Nearness(connected=True, reachable=False)


class Rounds:
    """Who was offered a ticket is chosen by the rules of today's router, from who was on shift."""

    def __init__(self, parts: Parts, company: Company, send: Send) -> None:
        self._parts, self._company, self._send = parts, company, send

    def routes(self, ticket: Ticket) -> bool:
        """Whether a ticket waits in a team that is routed by offers."""
        cast = self._company.cast
        key = key_of(cast.teams, ticket.team_id)
        return is_waiting(ticket) and any(
            each.key == key and each.routing is Routing.OFFER for each in cast.house.teams
        )

    async def go_round(
        self, key: str, load: Callable[[], Awaitable[Ticket]], taker: str, at: Millis
    ) -> None:
        """Offer a ticket until `taker` accepts at a moment; all under ids of `key`."""
        agents = self._company.cast.agents
        for place in range(MOST):
            ticket = await load()
            offered = at - (MOST - place) * EACH
            command_id = demo_id(key, "offer", str(place))
            offer = await self._offer(command_id, ticket, offered) if self.routes(ticket) else None
            who = key_of(agents, offer.agent_id) if offer else None
            if offer is None or who is None or not _could(offer, agents[taker]):
                return
            if who != taker and place == MOST - 1:
                return
            try:
                await self._send(offer, ROUTER, offered)
            except Conflict:  # Somebody is full who was not a moment ago.
                return
            named = {"command_id": demo_id(key, "answer", str(place)), "ticket_id": ticket.id}
            answer = AcceptOffer if who == taker else DeclineOffer
            actor = self._company.actors[who]
            await self._send(answer.model_validate(named), actor, offered + THINKS)

    async def _offer(self, command_id: Id, ticket: Ticket, at: Millis) -> OfferTicket | None:
        """To whom the router would offer it."""
        team = await fetch(self._parts.store, Team, ticket.team_id or "")
        if team is None:
            return None
        roster = await load_roster(self._parts.store, at, [team])
        there = {who: replace(each, connected=True) for who, each in roster.items()}
        choice = (await load_round(self._parts.store, at, there, [ticket])).choose(ticket)
        if choice.agent_id is None:
            return None
        return OfferTicket(
            command_id=command_id,
            ticket_id=ticket.id,
            agent_id=choice.agent_id,
            seconds=team.offer_seconds,
            candidates=choice.candidates,
        )


def _could(offer: OfferTicket, agent_id: Id) -> bool:
    """Whether somebody was among those who could have it."""
    return any(each.agent_id == agent_id and each.score is not None for each in offer.candidates)
