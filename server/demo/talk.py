"""An exchange of two simulated people: asked, taken, answered, resolved, at a human pace."""

from __future__ import annotations

import asyncio
import random

from domain.audience import staff_room, ticket_room
from domain.message import Id
from server.demo.content import load_lines
from server.demo.desk import Desk, Takers
from server.demo.marks import TRAFFIC_TAG
from server.demo.member import Member
from server.demo.plot import Cast
from server.demo.shapes import Exchange

LETTERS_A_SECOND = 14.0
LONGEST_TYPING = 9.0
PATIENCE = 150.0
"""Seconds: for so long a conversation waits for somebody who accepts it."""
NOTED = 0.3
THANKED = 0.8
LEFT = 0.15
"""How many have a note, are thanked for, wait for the customer until the desk is tidied."""


class Interrupted(Exception):
    """A real person takes part: the ticket is theirs from here on."""


class Talk:
    """One ticket, from its opening on. Where it is `routed`, it waits for who accepts it."""

    def __init__(
        self,
        cast: Cast,
        exchange: Exchange,
        chance: random.Random,
        takers: Takers,
        *,
        routed: bool,
    ) -> None:
        self._cast, self._exchange, self._chance = cast, exchange, chance
        self._takers, self._routed = takers, routed
        self._ticket: Id = ""
        self._interrupted = asyncio.Event()

    async def play(self, customer: Member, desk: Desk) -> None:
        """Say it all; raises Refused, Away, and Interrupted as soon as somebody real comes."""
        talking = asyncio.create_task(self._all(customer, desk))
        watching = asyncio.create_task(self._interrupted.wait())
        try:
            await asyncio.wait({talking, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not talking.done():
                raise Interrupted
            talking.result()
        finally:
            talking.cancel()
            watching.cancel()
            await asyncio.gather(talking, watching, return_exceptions=True)

    async def _all(self, customer: Member, desk: Desk) -> None:
        exchange, agent = self._exchange, desk.agent
        opened = await customer.command(
            "ticket.open",
            title=exchange.title,
            body=exchange.body,
            priority=exchange.priority,
            category=self._cast.categories[exchange.category],
            inbox_id=self._cast.inboxes[exchange.inbox],
            channel="widget",
        )
        self._ticket = opened["ticket_id"]
        await agent.command("ticket.update", ticket_id=self._ticket, tags=[TRAFFIC_TAG])
        asks, works = ticket_room(self._ticket), staff_room(self._ticket)
        await customer.join(asks)
        present = await agent.join(works, self._interrupted.set)
        try:
            if {said["author"]["id"] for said in present["messages"]} - {customer.id}:
                raise Interrupted  # Before anybody listened.
            with self._takers.talking(self._ticket) as accepted:
                taker = await self._taker(desk, accepted)
                if taker is not desk:
                    await taker.agent.join(works, self._interrupted.set)
                    await agent.leave(works)
                    agent = taker.agent
                await self._go_on(customer, taker)
        finally:
            await customer.leave(asks)
            await agent.leave(works)

    async def _taker(self, desk: Desk, accepted: asyncio.Future[Desk]) -> Desk:
        """Who accepts it, else the one of the desk, by hand; raises Refused where somebody was
        faster."""
        wait = PATIENCE if self._routed else self._chance.uniform(8, 30)
        done, _ = await asyncio.wait({accepted}, timeout=wait)
        if done:
            return accepted.result()
        agent = desk.agent
        await agent.command(
            "ticket.assign", ticket_id=self._ticket, agent_id=agent.id, if_free=True
        )
        return desk

    async def _go_on(self, customer: Member, desk: Desk) -> None:
        """From the answer to the end."""
        asks, works = ticket_room(self._ticket), staff_room(self._ticket)
        with desk.taken():
            await self._answer(desk.agent, works)
            if self._exchange.thanks and self._chance.random() < THANKED:
                await self._pause(8, 40)
                await say(customer, asks, self._ticket, self._exchange.thanks)
            await self._end(desk.agent, works)

    async def _answer(self, agent: Member, works: str) -> None:
        if self._chance.random() < NOTED:
            await self._pause(2, 8)
            note = self._chance.choice(load_lines().notes)
            await agent.command(
                "ticket.reply", ticket_id=self._ticket, body=note, visibility="private"
            )
        await self._pause(4, 20)
        await say(agent, works, self._ticket, self._exchange.answer)

    async def _end(self, agent: Member, works: str) -> None:
        await self._pause(5, 20)
        if self._chance.random() < LEFT:
            await agent.command("ticket.set_status", ticket_id=self._ticket, status="pending")
            return
        closings = load_lines().closings[self._exchange.language]
        await say(agent, works, self._ticket, self._chance.choice(closings))
        await self._pause(3, 12)
        await agent.command("ticket.set_status", ticket_id=self._ticket, status="resolved")

    async def _pause(self, least: float, most: float) -> None:
        await asyncio.sleep(self._chance.uniform(least, most))


async def say(who: Member, room: str, ticket_id: Id, words: str) -> None:
    """Read what is there, type something as long as it takes, and send it."""
    await write(who, room, ticket_id, words)
    await who.command("ticket.reply", ticket_id=ticket_id, body=words)


async def write(who: Member, room: str, ticket_id: Id, words: str) -> None:
    """Read what is there, and type something as long as it takes."""
    await who.read(ticket_id, room)
    await who.type(room, min(len(words) / LETTERS_A_SECOND, LONGEST_TYPING))


async def look_in(who: Member, ticket_id: Id, words: str) -> None:
    """Come into a ticket as an agent, say something unless somebody real is faster, and leave."""
    room, interrupted = staff_room(ticket_id), asyncio.Event()
    await who.join(room, interrupted.set)
    try:
        await write(who, room, ticket_id, words)
        if not interrupted.is_set():
            await who.command("ticket.reply", ticket_id=ticket_id, body=words)
    finally:
        await who.leave(room)
