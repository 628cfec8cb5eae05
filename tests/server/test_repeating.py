"""What is done for as long as the process lives goes on, whatever happens."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from server.repeating import for_ever

SECONDS = 10


async def test_work_that_fails_is_tried_again_and_does_not_end_the_rest():
    tries: list[int] = []
    enough = asyncio.Event()

    async def work() -> None:
        tries.append(len(tries))
        if len(tries) == 3:
            enough.set()
        if len(tries) < 3:
            raise RuntimeError("not yet")

    task = asyncio.ensure_future(for_ever("trying", work, 0.0))
    async with asyncio.timeout(SECONDS):
        await enough.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert len(tries) >= 3


async def test_a_cancellation_that_a_breaking_connection_hid_is_heeded_all_the_same():
    waiting = asyncio.Event()

    async def work() -> None:
        waiting.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ConnectionError("it broke just then") from None

    task = asyncio.ensure_future(for_ever("breaking", work, 0.0))
    await waiting.wait()
    task.cancel()

    async with asyncio.timeout(SECONDS):
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_cancellation_that_an_answer_hid_is_heeded_all_the_same():
    waiting = asyncio.Event()

    async def work() -> None:
        waiting.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    task = asyncio.ensure_future(for_ever("answered", work, 3_600.0))
    await waiting.wait()
    task.cancel()

    done, _ = await asyncio.wait([task], timeout=SECONDS)
    assert done == {task}
    assert task.cancelled()


async def test_a_sign_ends_the_pause_once():
    sign, turns = asyncio.Event(), asyncio.Queue[int]()

    async def work() -> None:
        turns.put_nowait(turns.qsize())

    task = asyncio.ensure_future(for_ever("waiting", work, 3_600.0, sign))
    async with asyncio.timeout(SECONDS):
        await turns.get()
        sign.set()
        await turns.get()
    for _ in range(5):  # The loop's turns, in which it would go on if the sign still stood.
        await asyncio.sleep(0)
    assert turns.empty()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
