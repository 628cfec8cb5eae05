"""One timer asks everybody, in turn."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from realtime.transport.pings import AT_ONCE, Pings
from tests.realtime.nodes import until


class Asked:
    """A socket that answers at once where it `answers`."""

    def __init__(self, *, answers: bool) -> None:
        self.answers = answers
        self.closed = False
        self.heard = True
        self.pings = 0

    def ping(self) -> None:
        self.pings += 1
        self.heard = self.answers

    def time_out(self) -> None:
        self.closed = True


async def test_who_answers_is_asked_again_and_who_does_not_is_ended():
    pings = Pings(0.02, 0.02)
    there, gone = Asked(answers=True), Asked(answers=False)
    pings.add(there)
    pings.add(gone)
    await until(lambda: there.pings == 5)
    pings.stop()

    assert gone.closed
    assert gone.pings == 1
    assert not there.closed


async def test_who_may_take_longer_than_a_turn_is_not_asked_twice():
    pings, slow = Pings(0.02, 0.2), Asked(answers=False)
    pings.add(slow)
    await until(lambda: slow.closed)
    pings.stop()

    assert slow.pings == 1


async def test_an_answer_that_comes_late_but_in_time_is_enough():
    pings, slow = Pings(0.02, 5), Asked(answers=False)
    pings.add(slow)
    await until(lambda: slow.pings == 1)
    slow.heard = True
    await until(lambda: slow.pings == 2)
    pings.stop()

    assert not slow.closed


async def test_a_crowd_leaves_others_their_turn_and_the_closed_are_forgotten():
    pings = Pings(0, 0)
    crowd = [Asked(answers=True) for _ in range(2 * AT_ONCE + 1)]
    for each in crowd:
        pings.add(each)
    steps = set[int]()

    def asked() -> bool:
        steps.add(sum(each.pings > 0 for each in crowd))
        return max(steps) == len(crowd)

    async with asyncio.timeout(8):
        while not asked():  # noqa: ASYNC110 - every step of the loop is looked at
            await asyncio.sleep(0)
    for each in crowd:
        each.closed = True
    await until(lambda: pings.idle)

    assert all(later - earlier <= AT_ONCE for earlier, later in pairwise(sorted(steps)))
