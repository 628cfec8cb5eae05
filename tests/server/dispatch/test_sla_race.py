"""A reply and the timer of its deadline at the same moment, on two nodes: one outcome."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

from domain.errors import DomainError
from domain.process import MACHINE
from domain.sla.state import Metric
from domain.ticket.wakes import wakes
from server.store.connect import Store
from server.store.models import LogEntry
from tests.server.dispatch.test_sla import MINUTE, Node
from tests.server.house import FixedClock, House, reply

TIMES, SEED, JITTER = 40, 7, 0.03


async def test_a_reply_that_races_the_breach_comes_before_it_or_after_it_and_never_both_wrong(
    house: House, store: Store, clock: FixedClock
):
    chance, outcomes = Random(SEED), set[bool]()
    late = FixedClock(clock.time)  # The other node's, which is a millisecond ahead.
    one, other = Node(store, clock), Node(store, late)
    await one.promise(targets={"medium": {"first_response": 60}}, warn_at=[])
    await other.promises.refresh()
    for _ in range(TIMES):
        late.time = clock.time
        ticket_id = await one.open(house)
        (wake,) = wakes(await one.ticket(ticket_id))
        assert wake.at == clock.time + 60 * MINUTE
        clock.time, late.time = wake.at - 1, wake.at

        async def answer(ticket_id: str = ticket_id) -> None:
            await asyncio.sleep(chance.random() * JITTER)
            await one.dispatcher.dispatch(reply(ticket_id), house.agent)

        async def fire(wake: Any = wake) -> None:
            await asyncio.sleep(chance.random() * JITTER)
            await other.dispatcher.dispatch(wake.command(), MACHINE)

        failed = await asyncio.gather(answer(), fire(), return_exceptions=True)
        assert [each for each in failed if isinstance(each, DomainError)] == []
        events = [
            event["type"]
            async for raw in store[LogEntry].find({"stream": f"ticket:{ticket_id}"}).sort("_id")
            for event in raw["events"]
        ]
        said = len(events) - 1 - events[::-1].index("message.posted")
        breaches = [at for at, each in enumerate(events) if each == "ticket.sla_breached"]
        assert len(breaches) <= 1
        assert all(at < said for at in breaches)
        sla = await one.sla(ticket_id)
        first = sla and sla.clock(Metric.FIRST_RESPONSE)
        assert first is not None
        assert first.met_at is not None
        assert (first.breached_at is not None) is bool(breaches)
        outcomes.add(bool(breaches))
    for node in (one, other):
        await node.close()
    assert outcomes == {True, False}
