"""Thousands who come at once wait for each other, and nobody else waits for them."""

from __future__ import annotations

import asyncio

from realtime.turns import Turns


async def test_so_many_begin_in_a_step_in_the_order_in_which_they_asked():
    turns, begun = Turns(at_once=2), list[int]()

    for n in range(5):
        turns.begin(lambda n=n: begun.append(n))
    steps = [list(begun)]
    for _ in range(2):
        await asyncio.sleep(0)
        steps.append(list(begun))

    assert steps == [[0, 1], [0, 1, 2, 3], [0, 1, 2, 3, 4]]


async def test_who_waits_for_a_turn_begins_behind_those_who_asked_before():
    turns, begun = Turns(at_once=1), list[str]()

    async def wait(name: str) -> None:
        await turns.mine()
        begun.append(name)

    async with asyncio.TaskGroup() as tasks:
        turns.begin(lambda: begun.append("first"))
        tasks.create_task(wait("second"))
        tasks.create_task(wait("third"))
        await asyncio.sleep(0)
        turns.begin(lambda: begun.append("fourth"))

    await asyncio.sleep(0)
    assert sorted(begun) == ["first", "fourth", "second", "third"]
    assert begun.index("second") < begun.index("third")


async def test_who_gave_up_waiting_costs_nobody_else_their_turn():
    turns, begun = Turns(at_once=1), list[str]()
    turns.begin(lambda: None)
    gone = asyncio.create_task(turns.mine())
    await asyncio.sleep(0)
    turns.begin(lambda: begun.append("next"))

    gone.cancel()
    await asyncio.wait([gone])
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert begun == ["next"]
