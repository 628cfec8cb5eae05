"""One fault under load: what was sent, who has what, and how long it took to heal."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from time import monotonic

from tests.faults.crowd import Crowd
from tests.faults.logbook import Judged, Logbook
from tests.faults.ordeals import Ordeal
from tests.faults.recount import differences, fold, recount
from tests.house import House
from tests.waiting import HEAL_SECONDS

MEASURE_SECONDS = 8.0
LATE = 1.0
"""Seconds after which a message that has not come to everybody is late, where that is not usual."""
ANSWER_SECONDS = 60.0
"""Within which every command has its answer once no more are sent."""


@dataclass(frozen=True)
class Scale:
    """How many members, in how many tickets, are offered how many commands a second.

    `before` and `after` are how many are acknowledged until the fault comes, and from its end on.
    `in_flight` holds the rate back while so many have no answer.
    """

    members: int
    tickets: int
    rate: float
    before: int
    after: int
    in_flight: int = 1_000_000


@dataclass
class Outcome:
    """What came of one fault."""

    ordeal: Ordeal
    scale: Scale
    seconds: float
    """How long the crowd talked."""
    sent: int
    acknowledged: int
    refused: int
    judged: Judged
    unlogged: int
    """Commands that were acknowledged and are not in the log, or are twice."""
    took: float
    """How long the fault lasted, in seconds."""
    healed: float
    """Seconds from its end until everything had come, and nothing was late for a while."""
    recounted: float | None
    """Seconds from the end of the talk until lists and counters equalled a recount."""
    differences: list[str]
    usual: tuple[float, float]
    """Median and p99 of deliveries before the fault, in milliseconds."""
    meanwhile: tuple[float, float]
    """The same from the fault on, over connections that stood."""
    ended: int
    """How often a member's connection ended."""
    told: str
    patience: float
    """Seconds within which everything must have healed."""
    load: float
    """The machine's load of the minute before anybody entered."""

    @property
    def complete(self) -> bool:
        """Whether everybody has everything, once and in order, and the log does too."""
        return self.judged.faultless and not self.unlogged and self.recounted is not None

    @property
    def busy(self) -> bool:
        """Whether the machine was too slow for this rate before anything was broken."""
        return self.usual[1] > 1_000 * LATE

    def line(self) -> str:
        judged = self.judged
        equal = "never" if self.recounted is None else f"after {self.recounted:.1f} s"
        counts = (
            f"sent {self.sent} in {self.seconds:.0f} s",
            f"acknowledged {self.acknowledged}",
            f"refused {self.refused}",
            f"received {judged.received}",
            f"lost {judged.lost}",
            f"doubled {judged.doubled}",
            f"out of order {judged.out_of_order}",
            f"altered {judged.altered}",
            f"connections ended {self.ended}",
            f"acknowledged and not once in the log {self.unlogged}",
            f"lasted {self.took:.1f} s",
            f"healed {self.healed:.1f} s after it",
            f"lists and counters equal a recount {equal}",
            "p50/p99 before {:.0f}/{:.0f} ms".format(*self.usual),
            "from then on {:.0f}/{:.0f} ms".format(*self.meanwhile),
            f"load {self.load:.1f}",
        )
        return f"{self.ordeal.what}: {', '.join(filter(None, (*counts, self.told)))}"

    def check(self) -> None:
        """Raise where something was lost, doubled or out of order, or does not heal in time."""
        assert self.judged.faultless, self.line()
        assert not self.unlogged, self.line()
        assert self.healed <= self.patience, self.line()
        assert self.recounted is not None, "\n".join([self.line(), *self.differences[:20]])


async def undergo(
    house: House,
    ordeal: Ordeal,
    scale: Scale,
    *,
    watched: bool = False,
    patience: float = HEAL_SECONDS,
) -> Outcome:
    """Let a crowd talk, bring the fault about, let them talk on, and compare with the log.

    So many seconds of `patience` after the talk everybody must have everything.
    """
    crowd = Crowd(house, scale.members, scale.tickets, watched=watched)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    try:
        await crowd.enter()
        return await _suffer(crowd, ordeal, scale, patience, load)
    finally:
        await crowd.leave()


async def measure(house: House, scale: Scale) -> float:
    """How many commands a second are acknowledged at the most, a hundred at a time."""
    crowd = Crowd(house, scale.members, scale.tickets, watched=False)
    try:
        await crowd.enter()
        talking = asyncio.create_task(crowd.talk(2 * scale.rate, in_flight=100))
        await crowd.acknowledged(100)
        began, already = monotonic(), len(crowd.tally.acknowledged)
        await asyncio.sleep(MEASURE_SECONDS)
        carried = (len(crowd.tally.acknowledged) - already) / (monotonic() - began)
        await crowd.hush(ANSWER_SECONDS)
        await talking
    finally:
        await crowd.leave()
    return carried


async def _suffer(
    crowd: Crowd, ordeal: Ordeal, scale: Scale, patience: float, load: float
) -> Outcome:
    in_flight = min(scale.in_flight, ordeal.in_flight)
    talking = asyncio.create_task(crowd.talk(scale.rate, in_flight))
    began = monotonic()
    await crowd.acknowledged(scale.before)
    fault = monotonic()
    told = await ordeal.happen(crowd)
    over = monotonic()
    await crowd.acknowledged(scale.after)
    await crowd.hush(ANSWER_SECONDS)
    await talking
    hushed = monotonic()
    judged, unlogged = await _judge(crowd, hushed + patience)
    recounted, differing = await _recount(crowd, hushed, hushed + patience)
    tally = crowd.tally
    usual = tally.spread(began, max(fault - 2 * LATE, (began + fault) / 2))  # And come by then.
    late = min(max(LATE, 2 * usual[1] / 1_000), patience / 2)
    healed = tally.healed_at(fault, over, late) - over
    return Outcome(
        ordeal=ordeal,
        scale=scale,
        seconds=hushed - began,
        sent=len(tally.offered),
        acknowledged=len(tally.acknowledged),
        refused=tally.refused,
        judged=judged,
        unlogged=unlogged,
        took=over - fault,
        healed=healed,
        recounted=recounted,
        differences=differing,
        usual=usual,
        meanwhile=tally.spread(fault, hushed),
        ended=sum(len(each.closings) for each in (*crowd.members, *crowd.watchers)),
        told=told,
        patience=patience,
        load=load,
    )


async def _judge(crowd: Crowd, deadline: float) -> tuple[Judged, int]:
    """Compare with the log as soon as everybody has everything, or at the latest possible."""
    log = await Logbook.read(crowd.house.mongodb.url)
    everybody = [*crowd.members, *crowd.extras]
    while True:
        judged = log.judge(everybody)
        if judged.faultless or monotonic() > deadline:
            break
        await asyncio.sleep(0.1)
    unlogged = 0
    by_ticket = {ticket: log.commands(ticket) for ticket in log.by_ticket}
    for number, ticket in crowd.tally.acknowledged.items():
        unlogged += by_ticket[ticket][crowd.id_of(number)] != 1
    return judged, unlogged


async def _recount(crowd: Crowd, since: float, deadline: float) -> tuple[float | None, list[str]]:
    cases = fold(await Logbook.read(crowd.house.mongodb.url))
    while True:
        found = differences(recount(cases, time.time_ns() // 1_000_000), crowd.watchers)
        if not found:
            return monotonic() - since, []
        if monotonic() > deadline:
            return None, found
        await asyncio.sleep(0.1)
