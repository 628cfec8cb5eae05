"""A conversation of two simulated people: asked, taken, answered, resolved, at a human pace."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence

from domain.audience import staff_room, ticket_room
from domain.message import Id
from server.demo.marks import TAG, TRAFFIC_TAG
from server.demo.member import Member
from server.demo.plot import Cast
from server.demo.shapes import Lines, Opening

LETTERS_A_SECOND = 14.0
LONGEST_TYPING = 9.0
UNRESOLVED = 0.15
"""So many stay with a question to the customer; they are resolved when the desk is tidied."""


class Interrupted(Exception):
    """A real person takes part: the ticket is theirs from here on."""


class Talk:
    """One ticket, from its opening on."""

    def __init__(self, cast: Cast, lines: Lines, opening: Opening, chance: random.Random) -> None:
        self._cast, self._lines, self._opening = cast, lines, opening
        self._chance = chance
        self._ticket: Id = ""
        self._interrupted = asyncio.Event()

    async def play(self, customer: Member, agent: Member) -> None:
        """Say it all; raises Refused, Away, and Interrupted as soon as somebody real comes."""
        talking = asyncio.create_task(self._all(customer, agent))
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

    async def _all(self, customer: Member, agent: Member) -> None:
        opened = await customer.command(
            "ticket.open",
            title=self._opening.title,
            body=self._opening.body,
            category=self._cast.categories[self._opening.category],
            inbox_id=self._cast.inboxes[self._opening.inbox],
            channel="widget",
        )
        self._ticket = opened["ticket_id"]
        await agent.command("ticket.update", ticket_id=self._ticket, tags=[TAG, TRAFFIC_TAG])
        asks, works = ticket_room(self._ticket), staff_room(self._ticket)
        await customer.join(asks)
        await agent.join(works, self._interrupted.set)
        try:
            await self._pause(8, 30)
            await agent.command("ticket.assign", ticket_id=self._ticket, agent_id=agent.id)
            await self._say(agent, works, self._lines.answers)
            for _ in range(self._chance.choice((0, 1, 1, 2))):
                await self._exchange(customer, asks, agent, works)
            await self._end(customer, asks, agent, works)
        finally:
            await customer.leave(asks)
            await agent.leave(works)

    async def _exchange(self, customer: Member, asks: str, agent: Member, works: str) -> None:
        await self._pause(4, 15)
        await self._say(customer, asks, self._lines.follow_ups)
        if self._chance.random() < 0.3:
            await self._pause(2, 8)
            note = self._line(self._lines.notes)
            await agent.command(
                "ticket.reply", ticket_id=self._ticket, body=note, visibility="private"
            )
        await self._pause(4, 20)
        await self._say(agent, works, self._lines.answers)

    async def _end(self, customer: Member, asks: str, agent: Member, works: str) -> None:
        await self._pause(5, 20)
        if self._chance.random() < UNRESOLVED:
            await agent.command("ticket.set_status", ticket_id=self._ticket, status="pending")
            return
        await self._say(agent, works, self._lines.closings)
        await self._pause(3, 12)
        await agent.command("ticket.set_status", ticket_id=self._ticket, status="resolved")

    async def _say(self, who: Member, room: str, lines: Mapping[str, Sequence[str]]) -> None:
        await say(who, room, self._ticket, self._line(lines))

    def _line(self, lines: Mapping[str, Sequence[str]]) -> str:
        return line_for(lines, self._opening.category, self._chance)

    async def _pause(self, least: float, most: float) -> None:
        await asyncio.sleep(self._chance.uniform(least, most))


async def say(who: Member, room: str, ticket_id: Id, words: str) -> None:
    """Type something as long as it takes, and send it."""
    await who.type(room, min(len(words) / LETTERS_A_SECOND, LONGEST_TYPING))
    await who.command("ticket.reply", ticket_id=ticket_id, body=words)


def line_for(
    lines: Mapping[str, Sequence[str]], category: str | None, chance: random.Random
) -> str:
    """Something to say, of the category half of the time where there is any."""
    own = lines.get(category or "", ())
    return chance.choice(own if own and chance.random() < 0.5 else lines["any"])
