"""What simulated agents do with the tickets that they are offered."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

from domain.audience import agent_room
from domain.message import ActorKind, Id
from domain.routing.events import Ended
from domain.workforce.state import AgentStatus
from server.composition import Parts
from server.demo.content import load_lines
from server.demo.desk import Desk, Takers
from server.demo.member import Away, Envelope, Refused
from server.demo.plot import Cast
from server.demo.speech import language_of
from server.demo.staffed import is_staffed
from server.demo.talk import look_in
from server.demo.touched import has_real_staff, untouched
from server.store.agents import load_agents
from server.store.connect import Raw
from server.store.messages import Messages
from server.store.models import TicketHeader

THINKS = (3.0, 14.0)
"""Seconds: how long somebody looks at what they are offered."""
ACCEPTED, DECLINED = 0.7, 0.9
"""Up to the one they accept, up to the other they decline; else they do not see it in time."""
ACCEPT, DECLINE = "ticket.accept_offer", "ticket.decline_offer"


class Answers:
    """What one agent does with offers, one after the other, as they come."""

    def __init__(
        self, parts: Parts, cast: Cast, desk: Desk, takers: Takers, chance: random.Random
    ) -> None:
        self._parts, self._cast, self._desk, self._takers = parts, cast, desk, takers
        self._chance = chance
        self._held: asyncio.Queue[Id] = asyncio.Queue()

    async def begin(self) -> None:
        """Listen to what one is given; raises Refused, Away."""
        agent = self._desk.agent
        await agent.join(agent_room(agent.id), heard=self._heard)

    async def next(self) -> None:
        """Wait for what one is given next, and answer where it is an offer."""
        ticket_id = await self._held.get()
        with suppress(Refused, Away):  # Taken by somebody else meanwhile, or a node is gone.
            await self._answer(ticket_id)

    def _heard(self, envelope: Envelope) -> None:
        for event in envelope["events"]:
            if event["type"] == "agent.reserved" or event.get("outcome") == Ended.EXPIRED:
                self._held.put_nowait(event["ticket_id"])

    async def _answer(self, ticket_id: Id) -> None:
        await asyncio.sleep(self._chance.uniform(*THINKS))
        agent = self._desk.agent
        mine = {"_id": ticket_id, "state.private.offer.agent_id": agent.id}
        header = await self._parts.store[TicketHeader].find_one(mine)
        if header is None:  # It was given by hand, or is offered no more.
            await self._come_back()
            return
        ours = bool(await untouched(self._parts.store, mine))
        theirs = not ours and await self._is_for_real_staff(ticket_id)
        wish = DECLINE if theirs else self._wish(header["state"])
        if wish is None:
            return
        await agent.command(wish, ticket_id=ticket_id)
        if wish == ACCEPT and ours and not self._takers.told(ticket_id, self._desk):
            with self._desk.taken():
                await self._greet(ticket_id, header["state"]["title"])

    async def _come_back(self) -> None:
        """Say that one is here, where one saw so many offers too late that there are no more."""
        agent = self._desk.agent
        stands = (await load_agents(self._parts.store, [agent.id]))[agent.id]
        if not stands.answers:
            said = {"status": AgentStatus.AVAILABLE, "note": stands.note}
            await agent.command("agent.set_status", agent_id=agent.id, **said)

    async def _is_for_real_staff(self, ticket_id: Id) -> bool:
        """Whether somebody real may answer what a real person asked, or began to."""
        store, redis = self._parts.store, self._parts.redis
        return await is_staffed(redis, self._cast) or await has_real_staff(store, ticket_id)

    def _wish(self, ticket: Raw) -> str | None:
        """What somebody who thinks about it does; who is asked again, after all others, takes it,
        even if they do not have its language."""
        if self._desk.agent.id in ticket["private"].get("passed", ()):
            return ACCEPT
        speaks = language_of(ticket["title"]) in self._desk.person.languages
        drawn = self._chance.random()
        if not speaks or ACCEPTED <= drawn < DECLINED:
            return DECLINE
        return ACCEPT if drawn < ACCEPTED else None

    async def _greet(self, ticket_id: Id, title: str) -> None:
        """Say something in what nobody talks about: who asked hears that somebody has it now."""
        messages = await Messages(self._parts.store).of_ticket(ticket_id)
        said = [each.body for each in messages if each.author.kind is ActorKind.AGENT]
        lone = load_lines().lone[language_of(title)]
        fresh = [each for each in (lone.then if said else lone.first) if each not in said]
        ours = await untouched(self._parts.store, {"_id": ticket_id})  # Still, by now.
        if fresh and ours:
            await look_in(self._desk.agent, ticket_id, self._chance.choice(fresh))
