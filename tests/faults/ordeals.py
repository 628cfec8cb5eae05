"""What a deployment has to go through: every fault, and how it is brought about."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from redis.asyncio import Redis

from tests.faults.crowd import Crowd
from tests.faults.member import Member
from tests.faults.slow import stop_reading
from tests.house import House
from tests.processes import Program, is_ready

STALL_SECONDS = 30.0
FREEZE_SECONDS = 20.0
"""Longer than a node waits for the database: it must look whether what it wrote last is there."""
AWAY_SECONDS = 1.5
HOUR = 3_600_000


class Ordeal(NamedTuple):
    """A fault; `happen` returns when it is over, with what else is to be told of it.

    Where it keeps every command waiting, no more are offered while `in_flight` have no answer:
    else what piles up meanwhile is all that is measured afterwards.
    """

    name: str
    what: str
    happen: Callable[[Crowd], Awaitable[str]]
    in_flight: int = 1_000_000


async def nothing(_crowd: Crowd) -> str:
    await asyncio.sleep(AWAY_SECONDS)
    return ""


async def kill(part: Program) -> None:
    """Kill -9, and start it at once."""
    await asyncio.to_thread(part.kill)
    await asyncio.to_thread(part.start)


async def kill_node(crowd: Crowd) -> str:
    await kill(crowd.house.nodes[0])
    return ""


async def kill_worker(crowd: Crowd) -> str:
    await kill(crowd.house.worker)
    return ""


async def kill_valkey(crowd: Crowd) -> str:
    await kill(crowd.house.valkey)
    return ""


async def kill_database(crowd: Crowd) -> str:
    await kill(crowd.house.mongodb)
    return ""


async def roll(crowd: Crowd) -> str:
    """Node after node, then the worker: each is asked to end, and comes back."""
    for part in (*crowd.house.nodes, crowd.house.worker):
        code = await asyncio.to_thread(part.stop)
        assert code == 0, f"{part.name} ended with {code}"
        await asyncio.to_thread(part.start)
    return ""


async def flush(crowd: Crowd) -> str:
    async with Redis.from_url(crowd.house.valkey.url) as redis:
        await redis.flushall()
    return ""


async def stall(part: Program, seconds: float) -> str:
    """Stop a process without a word to anybody, and let it go on as if nothing had been."""
    part.suspend()
    try:
        await asyncio.sleep(seconds)
    finally:
        part.resume()
    return ""


async def stall_valkey(crowd: Crowd) -> str:
    return await stall(crowd.house.valkey, STALL_SECONDS)


async def stall_database(crowd: Crowd) -> str:
    return await stall(crowd.house.mongodb, FREEZE_SECONDS)


async def jump(crowd: Crowd) -> str:
    """Every clock but the stores' goes an hour ahead, then an hour back, and stays there: nobody
    may be sent to such a node any more, and who is there may stay."""
    for by in (HOUR, -HOUR):
        set_clock(clock_of(crowd.house), by)
        await crowd.acknowledged(50)
        for node in crowd.house.nodes:
            assert not await asyncio.to_thread(is_ready, node.url)
    return ""


def clock_of(house: House) -> Path:
    """The file that holds by how many milliseconds a house's clocks are off."""
    return Path(house.environ["DESKWIRE_FAULT"].removeprefix("clock:"))


def set_clock(clock: Path, by: int) -> None:
    """Move all clocks at once: nobody reads half of it."""
    fresh = clock.with_suffix(".new")
    fresh.write_text(str(by))
    fresh.replace(clock)


async def drop(crowd: Crowd) -> str:
    """A tenth of the members are cut off, one after the other, and come back within seconds."""
    chance = random.Random(len(crowd.members))
    dropped = chance.sample(crowd.members, max(1, len(crowd.members) // 10))

    async def away(member: Member) -> None:
        await asyncio.sleep(chance.uniform(0, AWAY_SECONDS))
        member.stays_away = chance.uniform(0, AWAY_SECONDS)
        await member.drop()
        await member.ready()

    await asyncio.gather(*map(away, dropped))
    return f"{len(dropped)} members dropped"


ORDEALS = {
    each.name: each
    for each in (
        Ordeal("nothing", "nothing happens", nothing),
        Ordeal("node", "kill -9 of a node", kill_node),
        Ordeal("roll", "rolling restart of both nodes and the worker", roll),
        Ordeal("worker", "kill -9 of the worker", kill_worker),
        Ordeal("valkey", "kill -9 of Valkey", kill_valkey),
        Ordeal("database", "kill -9 of the embedded database", kill_database),
        Ordeal("flush", "FLUSHALL", flush),
        Ordeal("stall", f"Valkey stands still for {STALL_SECONDS:.0f} s", stall_valkey),
        Ordeal(
            "freeze", f"the database stands still for {FREEZE_SECONDS:.0f} s", stall_database, 100
        ),
        Ordeal("clock", "every clock jumps an hour ahead, then an hour back", jump),
        Ordeal("slow", "a client stops reading", stop_reading),
        Ordeal("drop", "a tenth of the clients drop and return", drop),
    )
}
