"""`python -m tests.crowd 10000`: so many tickets that a list of them has to be a quick one.

Through the same dispatch as everybody's, by the people of `tests.seed`.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Iterator
from uuid import uuid4

from domain.ticket.commands import OpenTicket, SetStatus
from domain.ticket.state import Priority, Status
from server.composition import Parts, compose
from server.demo.month import dealt
from server.settings import Settings
from server.start import start
from tests.seed import move_in

SIDE_BY_SIDE = 40
MOVED = (Status.IN_PROGRESS, Status.PENDING, Status.RESOLVED)


async def fill(parts: Parts, count: int) -> None:
    """Open `count` tickets of the client; a third of them are moved on by the agent."""
    people = await move_in(parts)
    client, agent = people["client"], people["agent"]
    chance = random.Random(count)
    asked = _questions(chance, count)

    async def ask() -> None:
        for question in asked:
            opened = (await parts.dispatch.dispatch(question, client)).result
            if chance.random() < 1 / 3:
                moved = SetStatus(
                    command_id=str(uuid4()),
                    ticket_id=opened["ticket_id"],
                    status=chance.choice(MOVED),
                )
                await parts.dispatch.dispatch(moved, agent)

    await asyncio.gather(*(ask() for _ in range(SIDE_BY_SIDE)))


def _questions(chance: random.Random, count: int) -> Iterator[OpenTicket]:
    deck = dealt(chance)
    for _ in range(count):
        exchange = next(deck)
        yield OpenTicket(
            command_id=str(uuid4()),
            title=exchange.title,
            body=exchange.body,
            priority=chance.choice(list(Priority)),
        )


async def run(settings: Settings) -> None:
    async with compose(settings) as parts:
        await fill(parts, int(sys.argv[1]))


if __name__ == "__main__":
    start(run)
